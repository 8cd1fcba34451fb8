document.addEventListener('click', (event) => {
  if (event.target.closest('[data-console="print"]')) window.print();
});
