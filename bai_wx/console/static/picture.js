// A form's picture: uploads the chosen or dropped file at once, shows it, and keeps the attachment's id.
(() => {
  const part = (box, name) => box.querySelector(`[data-console="picture-${name}"]`);

  function show(box, source) {
    const image = part(box, 'shown');
    image.hidden = !source;
    part(box, 'none').hidden = Boolean(source);
    if (source) image.src = source;
    else image.removeAttribute('src');
  }

  function tell(box, text, isProblem) {
    const line = part(box, 'told');
    line.textContent = text;
    line.classList.toggle('text-danger', Boolean(isProblem));
  }

  // A form that is sent meanwhile would go without the picture.
  function hold(box, isHeld) {
    box.toggleAttribute('data-busy', isHeld);
    const form = box.closest('form');
    const isBusy = form.querySelector('[data-console="picture"][data-busy]') !== null;
    form.querySelectorAll('button[type="submit"]').forEach((button) => { button.disabled = isBusy; });
  }

  async function upload(box, file) {
    const before = part(box, 'shown').getAttribute('src');
    const local = URL.createObjectURL(file);
    show(box, local);
    tell(box, box.dataset.uploading);
    hold(box, true);
    try {
      const body = new FormData();
      body.append('file', file);
      const headers = { 'X-CSRFToken': Cookies.get('starlette_admin_csrftoken') || '' };
      const answer = await fetch(box.dataset.upload, { method: 'POST', body, headers });
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(said.error || box.dataset.failed);
      part(box, 'id').value = said.id;
      part(box, 'remove').hidden = false;
      tell(box, box.dataset.done);
    } catch (problem) {
      URL.revokeObjectURL(local);
      show(box, before);
      tell(box, problem instanceof TypeError ? box.dataset.failed : problem.message, true);
    } finally {
      hold(box, false);
      part(box, 'file').value = '';
    }
  }

  async function pick(box) {
    const [item] = await window.consolePicker.open({ kind: 'picture' });
    if (!item) return;
    part(box, 'id').value = item.id;
    part(box, 'remove').hidden = false;
    show(box, item.thumb || item.url);
    tell(box, box.dataset.chosen);
  }

  function remove(box) {
    part(box, 'id').value = '';
    part(box, 'remove').hidden = true;
    show(box, '');
    tell(box, box.dataset.removed);
  }

  document.querySelectorAll('[data-console="picture"]').forEach((box) => {
    part(box, 'file').addEventListener('change', (event) => {
      if (event.target.files.length) upload(box, event.target.files[0]);
    });
    part(box, 'remove').addEventListener('click', () => remove(box));
    part(box, 'pick').addEventListener('click', () => pick(box));
    const frame = part(box, 'frame');
    frame.addEventListener('dragover', (event) => { event.preventDefault(); frame.classList.add('is-over'); });
    frame.addEventListener('dragleave', () => frame.classList.remove('is-over'));
    frame.addEventListener('drop', (event) => {
      event.preventDefault();
      frame.classList.remove('is-over');
      if (event.dataTransfer.files.length) upload(box, event.dataTransfer.files[0]);
    });
  });
})();
