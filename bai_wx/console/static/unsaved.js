// A form with changes that are not saved asks before it is left. After a refused save it holds such changes too.
document.querySelectorAll('form.console-form').forEach((form) => {
  let first = null; // what the form held before it was touched: scripts had filled it by then
  let isChanged = Boolean(form.querySelector('.is-invalid, .alert-danger'));
  const held = () => JSON.stringify(
    [...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]),
  );
  const keep = () => { first ??= held(); };
  for (const type of ['pointerdown', 'keydown', 'focusin']) form.addEventListener(type, keep, true);
  form.addEventListener('input', (event) => { isChanged ||= event.isTrusted; });

  function ask(event) {
    if (isChanged || (first !== null && held() !== first)) event.preventDefault();
  }
  window.addEventListener('beforeunload', ask);
  window.addEventListener('submit', (event) => {
    if (event.target === form && !event.defaultPrevented) window.removeEventListener('beforeunload', ask);
  });
});
