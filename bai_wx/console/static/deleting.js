// The question before a row is deleted names it: on a phone the page behind cannot be read.
document.addEventListener('show.bs.modal', (event) => {
  const button = event.relatedTarget;
  if (button?.dataset.saName !== 'delete' || button.dataset.saIsRowAction !== 'true') return;
  const named = button.closest('tr')?.dataset.called ?? document.querySelector('[data-called]')?.dataset.called;
  const question = event.target.querySelector('[data-sa-hook="action-confirmation"]');
  if (!named || !question) return;
  const name = document.createElement('strong');
  name.className = 'd-block text-break';
  name.textContent = named;
  question.prepend(name);
});
