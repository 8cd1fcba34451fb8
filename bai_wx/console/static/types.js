// The types that a document can be given, as buttons below the editor of words (words.js), which takes them.
document.querySelectorAll('[data-types-of]').forEach(async (box) => {
  const answer = await fetch(box.dataset.typesUrl).catch(() => null);
  if (!answer?.ok) return;
  for (const type of await answer.json()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-sm';
    button.textContent = `+ ${type.slice(type.lastIndexOf('@') + 1)}`;
    button.title = type;
    button.addEventListener('click', () => {
      const input = document.getElementById(box.dataset.typesOf);
      input.value = type;
      input.dispatchEvent(new Event('blur')); // as if it had been typed and left
    });
    box.append(button);
  }
});
