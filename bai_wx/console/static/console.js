// Handlers that the library writes into attributes, which the console's policy forbids.
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-console="apply-columns"]')) window.applyColumnVisibility();
});
document.addEventListener('change', (event) => {
  if (event.target.matches('[data-console="go-to-value"]')) window.location = event.target.value;
});
