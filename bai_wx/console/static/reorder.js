// Rows of a list that are dragged into another order, by mouse, finger or arrow keys.
(() => {
  const told = document.querySelector('[data-console="reorder"]');
  if (!told) return;
  const EDGE_PX = 72; // of the window, where the list is scrolled under a row that is dragged
  const body = document.querySelector('.console-list tbody');
  const rows = () => [...body.querySelectorAll('tr[data-sa-pk]')];
  const idOf = (row) => row?.dataset.saPk ?? '';

  async function save(row, undo) {
    told.textContent = '';
    const form = new FormData();
    form.append('id', idOf(row));
    form.append('after', idOf(row.previousElementSibling));
    form.append('before', idOf(row.nextElementSibling));
    const headers = { 'X-CSRFToken': Cookies.get('starlette_admin_csrftoken') || '' };
    try {
      const answer = await fetch(told.dataset.url, { method: 'POST', body: form, headers });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.error);
      rows().filter((each) => idOf(each) in said).forEach((each) => {
        const shown = each.querySelector(`td[data-column="${told.dataset.column}"] .inline-edit-value`);
        if (shown) shown.textContent = said[idOf(each)];
      });
      row.classList.add('is-moved');
      row.addEventListener('animationend', () => row.classList.remove('is-moved'), { once: true });
      told.textContent = told.dataset.done;
    } catch (problem) {
      undo();
      dangerAlert(problem instanceof SyntaxError || problem instanceof TypeError ? told.dataset.failed : problem.message);
    }
  }

  function place(row, before) {
    const next = row.nextElementSibling;
    if (before === row || before === next) return;
    body.insertBefore(row, before);
    save(row, () => body.insertBefore(row, next));
  }

  function drag(row, event) {
    event.preventDefault();
    const next = row.nextElementSibling;
    row.classList.add('is-dragged');
    const over = (moved) => {
      if (moved.clientY < EDGE_PX) window.scrollBy(0, -EDGE_PX / 4);
      if (moved.clientY > window.innerHeight - EDGE_PX) window.scrollBy(0, EDGE_PX / 4);
      const target = rows().find((each) => {
        const box = each.getBoundingClientRect();
        return each !== row && moved.clientY >= box.top && moved.clientY <= box.bottom;
      });
      if (!target) return;
      const box = target.getBoundingClientRect();
      body.insertBefore(row, moved.clientY < box.top + box.height / 2 ? target : target.nextElementSibling);
    };
    const end = (ended) => {
      document.removeEventListener('pointermove', over);
      document.removeEventListener('pointerup', end);
      document.removeEventListener('pointercancel', end);
      row.classList.remove('is-dragged');
      if (row.nextElementSibling === next) return;
      if (ended.type === 'pointercancel') body.insertBefore(row, next);
      else save(row, () => body.insertBefore(row, next));
    };
    // The handle moves with its row, so it cannot hold the pointer.
    document.addEventListener('pointermove', over);
    document.addEventListener('pointerup', end);
    document.addEventListener('pointercancel', end);
  }

  function equip(row) {
    const cell = row.querySelector('.cell-name');
    if (!cell || row.querySelector('.console-handle')) return;
    const handle = document.createElement('button');
    handle.type = 'button';
    handle.className = 'console-handle';
    handle.title = told.dataset.handle;
    handle.setAttribute('aria-label', `${told.dataset.handle}: ${cell.textContent.trim()}`);
    const sign = document.createElement('i');
    sign.className = 'fa-solid fa-grip-vertical';
    sign.setAttribute('aria-hidden', 'true');
    handle.append(sign);
    handle.addEventListener('pointerdown', (event) => drag(row, event));
    handle.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowUp' && row.previousElementSibling) place(row, row.previousElementSibling);
      else if (event.key === 'ArrowDown' && row.nextElementSibling) place(row, row.nextElementSibling.nextElementSibling);
      else return;
      event.preventDefault();
      handle.focus();
    });
    cell.prepend(handle);
  }

  function numberOf(row) {
    const shown = row.querySelector(`td[data-column="${told.dataset.column}"]`)?.textContent ?? '';
    return Number.parseInt(shown.replace(/[,\s]/g, ''), 10);
  }

  // The row goes where its number puts it. At an end, or among equals, only the server knows where that is.
  function settle(row) {
    const others = rows().filter((each) => each !== row);
    const before = row.previousElementSibling;
    const next = row.nextElementSibling;
    const number = numberOf(row);
    if (!(before && numberOf(before) > number) && !(next && numberOf(next) < number)) return;
    const place = others.findIndex((each) => numberOf(each) > number);
    if (place < 1 || others.some((each) => numberOf(each) === number)) {
      window.location.reload();
      return;
    }
    body.insertBefore(row, others[place]);
    row.scrollIntoView({ block: 'nearest' });
    row.classList.add('is-moved');
    row.addEventListener('animationend', () => row.classList.remove('is-moved'), { once: true });
  }

  rows().forEach(equip);
  // An inline edit puts a new row in the place of one.
  new MutationObserver(() => {
    const made = rows().filter((row) => !row.querySelector('.console-handle'));
    made.forEach(equip);
    made.forEach(settle);
  }).observe(body, { childList: true });
})();
