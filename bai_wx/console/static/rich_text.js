// Writing rich text: buttons that insert Markdown or HTML, pictures of attachments, and a preview made by the
// server, which cleans it.
(() => {
  const LINES = { h2: '## ', ul: '- ', ol: '1. ', quote: '> ' };
  const WRAPS = { bold: '**', italic: '*' };
  const ELEMENTS = { h2: 'h2', bold: 'strong', italic: 'em', quote: 'blockquote' };
  const TABLE = '\n| A | B |\n| --- | --- |\n| 1 | 2 |\n';
  const HTML_TABLE = '<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>';
  const PREVIEW_AFTER_MS = 400;

  function insert(area, text, from = area.selectionStart, to = area.selectionEnd) {
    area.focus();
    area.setSelectionRange(from, to);
    // Unlike setRangeText this can be undone.
    if (!document.execCommand('insertText', false, text)) area.setRangeText(text, from, to, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function selected(area) {
    return area.value.slice(area.selectionStart, area.selectionEnd);
  }

  function escaped(text) {
    const box = document.createElement('span');
    box.textContent = text;
    return box.innerHTML.replaceAll('"', '&quot;');
  }

  // A client shows pictures by whole addresses alone; over plain HTTP the shop's is not known here.
  function address(path) {
    return window.location.protocol === 'https:' ? window.location.origin + path : path;
  }

  function beginLines(area, mark) {
    const start = area.value.lastIndexOf('\n', area.selectionStart - 1) + 1;
    const lines = area.value.slice(start, area.selectionEnd).split('\n');
    insert(area, lines.map((line) => mark + line).join('\n'), start, area.selectionEnd);
  }

  // Enter in a line of a list begins its next line; in an empty one it ends the list.
  function continueList(area, event) {
    const end = area.selectionStart;
    if (event.shiftKey || event.isComposing || end !== area.selectionEnd) return;
    const start = area.value.lastIndexOf('\n', end - 1) + 1;
    const found = /^(\s*)([-*+]|(\d{1,9})([.)])) (.*)$/.exec(area.value.slice(start, end));
    if (!found) return;
    const [, indent, mark, number, closing, text] = found;
    event.preventDefault();
    const next = number ? `${Number(number) + 1}${closing}` : mark;
    if (text.trim()) insert(area, `\n${indent}${next} `);
    else insert(area, '\n', start, end);
  }

  function inMarkdown(area, what) {
    const text = selected(area);
    if (LINES[what]) beginLines(area, LINES[what]);
    else if (WRAPS[what]) insert(area, WRAPS[what] + (text || what) + WRAPS[what]);
    else if (what === 'link') insert(area, `[${text || 'link'}](https://)`);
    else if (what === 'table') insert(area, TABLE);
  }

  function inHtml(area, what) {
    const text = selected(area);
    const name = ELEMENTS[what];
    if (name) insert(area, `<${name}>${text}</${name}>`);
    else if (what === 'ul' || what === 'ol') insert(area, `<${what}><li>${text}</li></${what}>`);
    else if (what === 'link') insert(area, `<a href="https://">${text || 'link'}</a>`);
    else if (what === 'table') insert(area, HTML_TABLE);
  }

  async function insertPicture(area, isHtml) {
    const [item] = await window.consolePicker.open({ kind: 'picture' });
    if (!item) return;
    const source = address(item.public);
    const name = item.name.replace(/\.[a-z]+$/i, '').replace(/[[\]\\]/g, '');
    insert(
      area,
      isHtml
        ? `<img style="max-width:100%" src="${escaped(source)}" alt="${escaped(name)}">`
        : `![${name}](${source})`,
    );
  }

  async function asked(box, text, mode) {
    const form = new FormData();
    form.append('text', text);
    form.append('mode', mode);
    const answer = await fetch(box.dataset.previewUrl, {
      method: 'POST',
      body: form,
      headers: { 'X-CSRFToken': window.consolePicker.csrfToken() },
    });
    const isJson = (answer.headers.get('content-type') || '').includes('json');
    const said = isJson ? await answer.json() : {};
    if (!answer.ok) throw new Error(said.error || box.dataset.failed);
    return said;
  }

  for (const box of document.querySelectorAll('[data-rich]')) {
    const area = document.getElementById(box.dataset.rich);
    const mode = document.getElementById(`${box.dataset.rich}-mode`);
    const shown = box.querySelector('[data-rich-shown]');
    const toggle = box.querySelector('[data-rich-show]');
    let turn = 0;
    let waiting = 0;

    async function preview() {
      const mine = (turn += 1);
      try {
        const { html } = await asked(box, area.value, mode.value);
        if (mine === turn) shown.innerHTML = html; // cleaned by the server; a script could not run either
      } catch (problem) {
        const isLost = problem instanceof TypeError; // no connection
        if (mine === turn) shown.textContent = isLost ? box.dataset.failed : problem.message;
      }
    }

    toggle.addEventListener('click', () => {
      shown.hidden = !shown.hidden;
      box.classList.toggle('rich-open', !shown.hidden);
      toggle.setAttribute('aria-pressed', String(!shown.hidden));
      if (!shown.hidden) preview();
    });
    area.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && mode.value === 'markdown') continueList(area, event);
    });
    area.addEventListener('input', () => {
      if (shown.hidden) return;
      clearTimeout(waiting);
      waiting = setTimeout(preview, PREVIEW_AFTER_MS);
    });
    // The other way of writing says the same, where it can.
    let before = mode.value;
    mode.addEventListener('change', async () => {
      try {
        const { other } = await asked(box, area.value, before);
        if (other === null) {
          window.alert(box.dataset.markdownOnly);
          mode.value = before;
          return;
        }
        area.value = other;
        before = mode.value;
        if (!shown.hidden) preview();
      } catch {
        mode.value = before;
        window.alert(box.dataset.failed);
      }
    });
    for (const button of box.querySelectorAll('[data-rich-do]')) {
      button.addEventListener('click', () => {
        const isHtml = mode.value === 'html';
        const what = button.dataset.richDo;
        if (what === 'picture') insertPicture(area, isHtml);
        else if (isHtml) inHtml(area, what);
        else inMarkdown(area, what);
      });
    }
  }
})();
