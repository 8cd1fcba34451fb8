// A table that is typed into, over a text area that holds a JSON list of flat objects.
(() => {
  function read(area, keys) {
    if (!area.value.trim()) return [];
    let rows;
    try { rows = JSON.parse(area.value); } catch { return null; }
    if (rows === null) return [];
    const isFlat = (row) => row !== null && typeof row === 'object' && !Array.isArray(row)
      && Object.entries(row).every(([key, value]) => keys.has(key) && (value === null || typeof value !== 'object'));
    return Array.isArray(rows) && rows.every(isFlat) ? rows : null;
  }

  function button(text, icon, kind = '') {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = `btn btn-icon btn-ghost-secondary ${kind}`;
    made.setAttribute('aria-label', text);
    made.title = text;
    const sign = document.createElement('i');
    sign.className = `fa-solid ${icon}`;
    sign.setAttribute('aria-hidden', 'true');
    made.append(sign);
    return made;
  }

  function start(box) {
    const area = box.querySelector('textarea');
    const columns = box.dataset.columns.split('\u001e').map((column) => column.split('\u001f'));
    const rows = read(area, new Set([...columns.map(([key]) => key), box.dataset.numbered]));
    if (rows === null) return; // JSON of another shape stays JSON
    rows.sort((one, other) => (one[box.dataset.numbered] ?? 0) - (other[box.dataset.numbered] ?? 0));

    const table = document.createElement('div');
    table.className = 'console-table';
    table.setAttribute('role', 'group');
    table.setAttribute('aria-label', area.getAttribute('aria-label'));

    function store() {
      const kept = rows.filter((row) => columns.some(([key]) => row[key] !== undefined && row[key] !== ''));
      const numbered = kept.map((row, place) => ({ ...row, [box.dataset.numbered]: place + 1 }));
      area.value = numbered.length ? JSON.stringify(numbered) : '';
    }

    function move(place, to) {
      rows.splice(to, 0, ...rows.splice(place, 1));
      store();
      draw(to);
    }

    function cell(row, key, title, place) {
      const input = document.createElement('input');
      input.className = 'form-control';
      input.placeholder = key === box.dataset.optional ? title + box.dataset.mayBeEmpty : title;
      input.setAttribute('aria-label', `${title} ${place + 1}`);
      input.dataset.key = key;
      input.value = row[key] ?? '';
      input.addEventListener('input', () => { row[key] = input.value; store(); });
      input.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || event.isComposing) return;
        event.preventDefault();
        if (place === rows.length - 1) add(row.category);
      });
      return input;
    }

    function draw(focused) {
      table.replaceChildren();
      rows.forEach((row, place) => {
        const line = document.createElement('div');
        line.className = 'console-table-row';
        line.append(...columns.map(([key, title]) => cell(row, key, title, place)));
        const up = button(box.dataset.up, 'fa-arrow-up');
        const down = button(box.dataset.down, 'fa-arrow-down');
        const away = button(box.dataset.remove, 'fa-trash', 'text-danger');
        up.disabled = place === 0;
        down.disabled = place === rows.length - 1;
        up.addEventListener('click', () => move(place, place - 1));
        down.addEventListener('click', () => move(place, place + 1));
        away.addEventListener('click', () => { rows.splice(place, 1); store(); draw(); });
        const ends = document.createElement('div');
        ends.className = 'console-table-ends';
        ends.append(up, down, away);
        line.append(ends);
        table.append(line);
      });
      if (focused !== undefined) table.children[focused]?.querySelector('input')?.focus();
    }

    function add(category = '') {
      rows.push(Object.fromEntries(columns.map(([key]) => [key, key === 'category' ? category : ''])));
      draw(rows.length - 1);
      table.lastElementChild.querySelector(category ? '[data-key="name"]' : 'input')?.focus();
    }

    const more = document.createElement('button');
    more.type = 'button';
    more.className = 'btn';
    more.id = area.id;
    more.textContent = `+ ${box.dataset.add}`;
    more.addEventListener('click', () => add(rows.at(-1)?.category));
    area.removeAttribute('id');
    area.hidden = true;
    area.after(table, more);
    draw();
  }

  document.querySelectorAll('[data-console="table"]').forEach(start);
})();
