// Choosing attachments in a dialog, and the fields of forms that show what was chosen.
// `consolePicker.open({kind, multiple})` resolves to the chosen attachments, `[]` where none was.
(() => {
  const dialog = document.getElementById('picker');
  if (!dialog) return;
  const part = (name) => dialog.querySelector(`[data-picker="${name}"]`);
  const grid = part('grid');
  const said = part('said');
  const ACCEPTED = {
    picture: 'image/jpeg,image/png,image/webp,image/gif',
    video: 'video/mp4',
    file: '',
  };
  let asked = null; // what the open dialog was asked for, and how it answers
  let shown = 0;
  let turn = 0; // a later search makes an earlier answer void

  function csrfToken() {
    const found = document.cookie.match(/(?:^|; )starlette_admin_csrftoken=([^;]*)/);
    return found ? decodeURIComponent(found[1]) : '';
  }

  async function upload(file) {
    const form = new FormData();
    form.append('file', file);
    try {
      const answer = await fetch(dialog.dataset.uploadUrl, {
        method: 'POST',
        body: form,
        headers: { 'X-CSRFToken': csrfToken() },
      });
      const isJson = (answer.headers.get('content-type') || '').includes('json');
      const body = isJson ? await answer.json() : {};
      return answer.ok ? body : { error: body.error || dialog.dataset.failed };
    } catch {
      return { error: dialog.dataset.failed };
    }
  }

  // The picture of an attachment, or a sign and its name.
  function picture(item) {
    const box = document.createElement('span');
    box.className = 'picker-picture';
    if (item.thumb) {
      const img = document.createElement('img');
      img.src = item.thumb;
      img.alt = item.name;
      img.loading = 'lazy';
      box.append(img);
    } else {
      const sign = document.createElement('i');
      sign.className = item.type && item.type.startsWith('video/') ? 'fa fa-film' : 'fa fa-file';
      sign.setAttribute('aria-hidden', 'true');
      box.append(sign);
    }
    return box;
  }

  function tile(item) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'picker-tile';
    button.setAttribute('aria-pressed', 'false');
    button.title = item.name;
    const name = document.createElement('span');
    name.className = 'picker-name';
    name.textContent = item.name;
    button.append(picture(item), name);
    button.addEventListener('click', () => choose(item, button));
    return button;
  }

  function choose(item, button) {
    if (!asked.multiple) {
      asked.chosen = [item];
      dialog.close();
      return;
    }
    const at = asked.chosen.findIndex((each) => each.id === item.id);
    if (at < 0) asked.chosen.push(item);
    else asked.chosen.splice(at, 1);
    button.setAttribute('aria-pressed', String(at < 0));
  }

  async function load(start) {
    const mine = (turn += 1);
    const query = new URLSearchParams({
      kind: asked.kind,
      q: part('search').value,
      start: String(start),
    });
    const answer = await fetch(`${dialog.dataset.pickUrl}?${query}`);
    if (!answer.ok || mine !== turn || !asked) return;
    const { items, more } = await answer.json();
    const tiles = items.map((item) => {
      const made = tile(item);
      const isChosen = asked.chosen.some((each) => each.id === item.id);
      made.setAttribute('aria-pressed', String(isChosen));
      return made;
    });
    if (start === 0) grid.replaceChildren(...tiles);
    else grid.append(...tiles);
    shown = start + items.length;
    part('more').hidden = !more;
    part('empty').hidden = shown > 0;
  }

  function open({ kind = 'picture', multiple = false } = {}) {
    return new Promise((resolve) => {
      asked = { kind, multiple, chosen: [], resolve };
      part('search').value = '';
      part('upload').accept = ACCEPTED[kind] || '';
      part('upload').multiple = multiple;
      part('done').hidden = !multiple;
      said.textContent = '';
      grid.replaceChildren();
      dialog.showModal();
      load(0);
    });
  }

  dialog.addEventListener('close', () => {
    if (asked) asked.resolve(asked.chosen);
    asked = null;
  });
  part('close').addEventListener('click', () => {
    asked.chosen = [];
    dialog.close();
  });
  dialog.addEventListener('cancel', () => {
    if (asked) asked.chosen = [];
  });
  part('done').addEventListener('click', () => dialog.close());
  part('more').addEventListener('click', () => load(shown));
  let typing = 0;
  part('search').addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => load(0), 250);
  });
  part('search').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault(); // the dialog stands in a form
  });
  part('upload').addEventListener('change', async (event) => {
    const files = [...event.target.files];
    event.target.value = '';
    said.textContent = '';
    for (const file of files) {
      const made = await upload(file);
      if (!asked) return;
      if (made.error) {
        said.textContent += `${file.name}: ${made.error}\n`;
        continue;
      }
      const button = tile(made);
      grid.prepend(button);
      shown += 1;
      part('empty').hidden = true;
      choose(made, button);
    }
  });

  // The fields

  function tileButton(sign, label, work) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = sign;
    made.title = label;
    made.setAttribute('aria-label', label);
    made.addEventListener('click', work);
    return made;
  }

  function drawn(field, place, item) {
    const changed = () => field.dispatchEvent(new Event('change', { bubbles: true }));
    const tools = document.createElement('span');
    tools.className = 'picked-tools';
    tools.append(
      // Fingers and keyboards cannot drag.
      tileButton('‹', `${dialog.dataset.forward} ${item.name}`, () => {
        place.previousElementSibling?.before(place);
        changed();
      }),
      tileButton('×', `${dialog.dataset.remove} ${item.name}`, () => {
        place.remove();
        changed();
      }),
    );
    place.title = item.name;
    place.append(picture(item), tools);
    if (!item.thumb) {
      const name = document.createElement('span');
      name.className = 'picker-name';
      name.textContent = item.name;
      place.append(name);
    }
    place.draggable = true;
  }

  function added(field, item) {
    const tiles = field.querySelector('[data-picked-tiles]');
    if ([...tiles.children].some((each) => each.dataset.id === item.id)) return;
    const place = document.createElement('div');
    place.className = 'picked-tile';
    place.dataset.id = item.id;
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = field.dataset.picked;
    input.value = item.id;
    place.append(input);
    drawn(field, place, item);
    tiles.append(place);
  }

  async function describe(field) {
    const places = [...field.querySelectorAll('.picked-tile')];
    if (!places.length) return;
    const ids = places.map((place) => place.dataset.id).join(',');
    const answer = await fetch(`${dialog.dataset.pickUrl}?${new URLSearchParams({ ids })}`);
    const items = answer.ok ? (await answer.json()).items : [];
    for (const place of places) {
      const found = items.find((item) => item.id === place.dataset.id);
      drawn(field, place, found || { name: `${dialog.dataset.gone} ${place.dataset.id}` });
    }
  }

  function sortable(field) {
    const tiles = field.querySelector('[data-picked-tiles]');
    let held = null;
    tiles.addEventListener('dragstart', (event) => {
      held = event.target.closest('.picked-tile');
    });
    tiles.addEventListener('dragover', (event) => {
      const over = event.target.closest('.picked-tile');
      if (!held) return;
      event.preventDefault();
      if (!over || over === held) return;
      const after = [...tiles.children].indexOf(held) < [...tiles.children].indexOf(over);
      if (after) over.after(held);
      else over.before(held);
    });
    tiles.addEventListener('dragend', () => {
      held = null;
    });
  }

  for (const field of document.querySelectorAll('[data-picked]')) {
    describe(field);
    sortable(field);
    field.querySelector('[data-picked-open]').addEventListener('click', async () => {
      const chosen = await open({ kind: field.dataset.kind, multiple: true });
      for (const item of chosen) added(field, item);
      if (chosen.length) field.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }

  window.consolePicker = { open, upload, csrfToken };
})();
