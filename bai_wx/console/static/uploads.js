// Uploading files in the list of attachments: dropped or chosen, one after the other, each with its outcome.
(() => {
  const zone = document.querySelector('[data-uploads]');
  if (!zone) return;
  const input = zone.querySelector('input');
  const said = document.querySelector('.uploads-said');

  function csrfToken() {
    const found = document.cookie.match(/(?:^|; )starlette_admin_csrftoken=([^;]*)/);
    return found ? decodeURIComponent(found[1]) : '';
  }

  async function upload(file) {
    const line = document.createElement('li');
    line.textContent = `${zone.dataset.uploading} ${file.name} …`;
    said.append(line);
    const form = new FormData();
    form.append('file', file);
    let problem = zone.dataset.failed;
    try {
      const answer = await fetch(zone.dataset.uploads, {
        method: 'POST',
        body: form,
        headers: { 'X-CSRFToken': csrfToken() },
      });
      if (answer.ok) problem = '';
      else if ((answer.headers.get('content-type') || '').includes('json')) {
        problem = (await answer.json()).error;
      }
    } catch {
      // Without a connection the text for any failure stands.
    }
    line.className = problem ? 'text-danger' : 'text-success';
    line.textContent = problem
      ? `${file.name}: ${problem}`
      : `${zone.dataset.done} ${file.name}`;
    return !problem;
  }

  async function uploadAll(files) {
    if (!files.length) return;
    said.replaceChildren();
    let done = 0;
    for (const file of files) {
      if (await upload(file)) done += 1;
    }
    if (done === files.length) window.location.reload();
    else if (done) {
      const link = document.createElement('a');
      link.href = window.location.href;
      link.textContent = zone.dataset.reload;
      const line = document.createElement('li');
      line.append(link);
      said.append(line);
    }
  }

  input.addEventListener('change', () => {
    const files = [...input.files];
    input.value = '';
    uploadAll(files);
  });
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('uploads-over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('uploads-over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('uploads-over');
    uploadAll([...event.dataTransfer.files]);
  });
})();
