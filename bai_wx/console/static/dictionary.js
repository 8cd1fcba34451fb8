// The words of a dictionary as a table. It stands for four texts, whose lists belong together by position, and
// writes each in the way it was written: JSON, or joined by bars. A row without words gets JSON.
(() => {
  const NAMES = ['dict_word_enum', 'dict_word_description', 'dict_word_is_enabled', 'dict_word_sort_order'];
  const areas = NAMES.map((name) => document.getElementById(name));
  if (areas.some((area) => !area)) return;
  const isChinese = document.documentElement.lang.startsWith('zh');
  const say = (chinese, english) => (isChinese ? chinese : english);
  const OFF = ['', '0', 'false', '否'];

  // A list and how it is written; null where it cannot be read as one.
  function read(text) {
    if (!text.trim()) return { list: [], isJson: null };
    if (!/^\s*[[{]/.test(text)) return { list: text.split('|'), isJson: false };
    try {
      const list = JSON.parse(text);
      const isPlain = Array.isArray(list) && list.every((each) => each === null || typeof each !== 'object');
      return isPlain ? { list, isJson: true } : null;
    } catch {
      return null;
    }
  }

  const found = areas.map((area) => read(area.value));
  if (found.some((each) => !each)) return; // it stays as texts
  const number = found[0].list.length;
  if (found.some((each) => each.list.length && each.list.length !== number)) return;
  const isJson = found.map((each) => each.isJson ?? found[0].isJson ?? true);

  const table = document.createElement('table');
  table.className = 'table table-sm dictionary-table';
  const head = table.createTHead().insertRow();
  for (const title of [say('取值', 'Value'), say('文字', 'Text'), say('启用', 'In use'), say('排序', 'Place'), '']) {
    const cell = document.createElement(title ? 'th' : 'td');
    cell.textContent = title;
    head.append(cell);
  }
  const body = table.createTBody();

  function input(cell, label, value, type = 'text') {
    const made = document.createElement('input');
    made.type = type;
    made.setAttribute('aria-label', label);
    if (type === 'checkbox') {
      made.className = 'form-check-input';
      made.checked = value;
    } else {
      made.className = 'form-control form-control-sm';
      made.value = value;
    }
    made.addEventListener('input', write);
    cell.append(made);
    return made;
  }

  function button(text, label, work) {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'btn btn-icon btn-sm';
    made.textContent = text;
    made.title = label;
    made.setAttribute('aria-label', label);
    made.addEventListener('click', work);
    return made;
  }

  function add(value, text, isUsed, place) {
    const row = body.insertRow();
    input(row.insertCell(), say('取值', 'Value'), value);
    input(row.insertCell(), say('文字', 'Text'), text);
    input(row.insertCell(), say('启用', 'In use'), isUsed, 'checkbox');
    input(row.insertCell(), say('排序', 'Place'), place, 'number');
    const cell = row.insertCell();
    cell.className = 'dictionary-tools';
    cell.append(
      button('↑', say('上移', 'Move up'), () => {
        row.previousElementSibling?.before(row);
        write();
      }),
      button('×', say('删除', 'Remove'), () => {
        row.remove();
        write();
      }),
    );
    return row;
  }

  function plain(value) {
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  // A value as JSON had it: a number stays one as long as it is typed as one.
  function typed(text, was) {
    return typeof was === 'number' && text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  }

  function write() {
    const rows = [...body.rows].map((row) => [...row.querySelectorAll('input')]);
    const kept = rows.filter(([value, text]) => value.value !== '' || text.value !== '');
    const hasBar = kept.some((inputs) => inputs.slice(0, 2).some((each) => each.value.includes('|')));
    const wasNumber = found[0].list[0];
    const lists = [
      kept.map(([value]) => typed(value.value, wasNumber)),
      kept.map(([, text]) => text.value),
      kept.map(([, , used]) => used.checked),
      kept.map(([, , , place], at) => Number(place.value) || at + 1),
    ];
    lists.forEach((list, at) => {
      if (!list.length) areas[at].value = '';
      else if (isJson[at] || hasBar) areas[at].value = JSON.stringify(list);
      else if (at === 2) areas[at].value = list.map((each) => (each ? '1' : '0')).join('|');
      else areas[at].value = list.map(plain).join('|');
    });
  }

  for (let at = 0; at < number; at += 1) {
    const [value, text, used, place] = found.map((each) => each.list[at]);
    const isUsed = used === undefined || !OFF.includes(plain(used));
    add(plain(value), text === undefined ? '' : plain(text), isUsed, place === undefined ? at + 1 : plain(place));
  }

  const more = document.createElement('button');
  more.type = 'button';
  more.className = 'btn';
  more.textContent = say('添加一个词', 'Add a word');
  more.addEventListener('click', () => {
    add('', '', true, body.rows.length + 1).querySelector('input').focus();
  });
  const raw = document.createElement('button');
  raw.type = 'button';
  raw.className = 'btn btn-link';
  raw.textContent = say('编辑原文', 'Edit the texts');

  const box = document.createElement('div');
  box.className = 'dictionary';
  const scroll = document.createElement('div');
  scroll.className = 'table-responsive';
  scroll.append(table);
  box.append(scroll, more, raw);
  const hidden = areas.map((area) => area.closest('.mb-3'));
  const hasErrors = areas.some((area) => area.classList.contains('is-invalid'));
  hidden[0].before(box);
  function show(isTable) {
    box.hidden = !isTable;
    for (const each of hidden) each.hidden = isTable;
  }
  raw.addEventListener('click', () => show(false));
  show(!hasErrors);
})();
