// `/` goes to the search, Escape leaves it. Menus and dialogs close by Escape on their own.
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const boxes = [...document.querySelectorAll('[data-console="search"], input[type="search"]')];
    const box = boxes.find((each) => each.offsetParent !== null);
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === 'Escape' && event.target.matches('input[type="search"]')) event.target.blur();
});
