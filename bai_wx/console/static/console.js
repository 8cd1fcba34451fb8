// Choosers that apply at once. The library writes such handlers into attributes, which the console's policy forbids.
document.addEventListener('change', (event) => {
  if (event.target.matches('[data-console="go-to-value"]')) window.location = event.target.value;
  if (event.target.matches('[data-console="submit-at-once"]')) event.target.form.requestSubmit();
});

// What went well is told for a while; what went wrong stays until it is closed.
const TOLD_MS = 6000;
document.querySelectorAll('#alertContainer .alert-success').forEach((alert) => {
  setTimeout(() => alert.remove(), TOLD_MS);
});
