// Import: sends files in pieces and has them checked; on the page of an import, asks how far it is.
(() => {
  const form = document.querySelector('form[data-transfer]');
  const place = document.querySelector('[data-progress]');

  function csrfToken() {
    const found = document.cookie.match(/(?:^|; )starlette_admin_csrftoken=([^;]*)/);
    return found ? decodeURIComponent(found[1]) : '';
  }

  async function post(address, body, type) {
    const headers = { 'X-CSRFToken': csrfToken() };
    if (type) headers['Content-Type'] = type;
    const answer = await fetch(address, { method: 'POST', body, headers, redirect: 'error' });
    const isJson = (answer.headers.get('content-type') || '').includes('json');
    const said = isJson ? await answer.json() : {};
    if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { said: said.error });
    return said;
  }

  function sending() {
    const said = form.querySelector('[data-transfer-said]');
    const bar = form.querySelector('[data-transfer-bar]');
    const button = form.querySelector('button[type=submit]');
    const pieceBytes = Number(form.dataset.piece);

    function tell(text, part, isWrong) {
      said.textContent = text;
      said.classList.toggle('text-danger', Boolean(isWrong));
      bar.hidden = part === null;
      if (part !== null) bar.firstElementChild.style.width = `${Math.round(part * 100)}%`;
    }

    async function sendFile(file, part, upload, sentBefore, total) {
      let offset = 0;
      while (offset < file.size || !offset) {
        const piece = file.slice(offset, offset + pieceBytes);
        const asked = new URLSearchParams({ upload, part, name: file.name, offset });
        await post(`${form.dataset.transfer}?${asked}`, piece, 'application/octet-stream');
        offset += piece.size;
        const done = (sentBefore + offset) / total;
        tell(`${form.dataset.sending} ${Math.round(done * 100)}%`, done);
      }
      return file.size;
    }

    async function send(event) {
      event.preventDefault();
      const inputs = [...form.querySelectorAll('input[type=file]')].filter((each) => each.files.length);
      const total = inputs.reduce((sum, each) => sum + each.files[0].size, 0);
      const upload = [...crypto.getRandomValues(new Uint8Array(12))].map((each) => each.toString(16).padStart(2, '0')).join('');
      button.disabled = true;
      try {
        let sent = 0;
        for (const each of inputs) sent += await sendFile(each.files[0], each.name, upload, sent, total);
        const asked = new URLSearchParams({ upload });
        for (const [name, value] of new FormData(form)) if (!(value instanceof File)) asked.append(name, value);
        window.location.href = (await post(form.action, asked)).address;
      } catch (problem) {
        tell(problem.said || form.dataset.failed, null, true);
        button.disabled = false;
      }
    }

    function chosen(input) {
      const name = form.querySelector(`[data-transfer-name="${input.name}"]`);
      name.dataset.empty ??= name.textContent;
      name.textContent = input.files.length ? input.files[0].name : name.dataset.empty;
      tell('', null);
    }

    form.addEventListener('submit', send);
    form.addEventListener('change', (event) => {
      if (event.target.type === 'file') chosen(event.target);
      if (event.target.matches('[data-transfer-collection]')) {
        window.location.search = new URLSearchParams({ collection: event.target.value });
      }
    });
    form.querySelectorAll('[data-transfer-drop]').forEach((zone) => {
      const input = zone.querySelector('input');
      zone.addEventListener('dragover', (event) => {
        event.preventDefault();
        zone.classList.add('uploads-over');
      });
      zone.addEventListener('dragleave', () => zone.classList.remove('uploads-over'));
      zone.addEventListener('drop', (event) => {
        event.preventDefault();
        zone.classList.remove('uploads-over');
        input.files = event.dataTransfer.files;
        chosen(input);
      });
    });
  }

  function following() {
    const text = place.querySelector('[data-progress-text]');
    const frame = place.querySelector('[role=progressbar]');
    const bar = frame.firstElementChild;
    const number = new Intl.NumberFormat('en');

    function duration(seconds) {
      const isShort = seconds < 90;
      const pattern = isShort ? place.dataset.seconds : place.dataset.minutes;
      return pattern.replace('{}', isShort ? seconds : Math.round(seconds / 60));
    }

    function tell({ done, total, left_s: left }) {
      if (!done) return;
      let said = (total ? place.dataset.of : place.dataset.rows)
        .replace('{done}', number.format(done)).replace('{total}', number.format(total));
      if (left !== null && left !== undefined) said += place.dataset.left.replace('{left}', duration(left));
      text.textContent = ` ${said}`;
      if (total) {
        const percent = Math.min(100, Math.round((done / total) * 100));
        bar.classList.remove('progress-bar-indeterminate');
        bar.style.width = `${percent}%`;
        frame.setAttribute('aria-valuenow', percent);
      }
    }

    async function look() {
      try {
        const answer = await fetch(place.dataset.progress, { redirect: 'error' });
        const said = answer.ok ? await answer.json() : null;
        if (said && !said.running) {
          window.location.reload();
          return;
        }
        if (said) tell(said);
      } catch {
        // The server may be starting anew: it is asked again.
      }
      setTimeout(look, 1000);
    }

    look();
  }

  if (form) sending();
  if (place) following();
})();
