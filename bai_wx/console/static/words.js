// An editor of several words over a text area that holds one a line.
(() => {
  const DIVIDES = /[\n,，、;；|]+/;

  function start(box) {
    const area = box.querySelector('textarea');
    if (/^\s*[[{]/.test(area.value)) return; // other JSON than a list of words stays as it is
    const editor = document.createElement('div');
    editor.className = `form-control console-words-editor${area.classList.contains('is-invalid') ? ' is-invalid' : ''}`;
    const input = document.createElement('input');
    input.type = 'text';
    input.placeholder = box.dataset.placeholder;
    const words = () => area.value.split('\n').filter(Boolean);

    function write(list) {
      area.value = [...new Set(list)].join('\n');
      draw();
    }

    function draw() {
      editor.querySelectorAll('.badge').forEach((badge) => badge.remove());
      words().forEach((word, place) => {
        const badge = document.createElement('span');
        badge.className = 'badge bg-blue-lt';
        badge.append(word);
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'console-word-remove';
        button.setAttribute('aria-label', `${box.dataset.remove} ${word}`);
        button.textContent = '×';
        button.addEventListener('click', () => {
          write(words().filter((_, other) => other !== place));
          input.focus();
        });
        badge.append(button);
        editor.insertBefore(badge, input);
      });
    }

    function take() {
      const typed = input.value.split(DIVIDES).map((word) => word.trim()).filter(Boolean);
      input.value = '';
      if (typed.length) write([...words(), ...typed]);
    }

    input.addEventListener('keydown', (event) => {
      if (event.isComposing) return; // Enter then takes a word from the input method
      if (event.key === 'Enter') { event.preventDefault(); take(); }
      if (event.key === 'Backspace' && !input.value) write(words().slice(0, -1));
    });
    input.addEventListener('input', (event) => {
      if (!event.isComposing && DIVIDES.test(input.value)) take();
    });
    input.addEventListener('blur', take);
    area.form?.addEventListener('submit', take);
    editor.addEventListener('click', (event) => { if (event.target === editor) input.focus(); });

    // The label of the field is now the editor's.
    input.id = area.id;
    area.removeAttribute('id');
    area.hidden = true;
    editor.append(input);
    area.after(editor);
    draw();
  }

  document.querySelectorAll('[data-console="words"]').forEach(start);
})();
