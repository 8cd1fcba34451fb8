// Asks for one masked number. The server writes down who asked; the answer is kept nowhere.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-console-reveal]');
  if (!button) return;
  button.disabled = true;
  const name = button.dataset.consoleReveal;
  const headers = { 'X-CSRFToken': Cookies.get('starlette_admin_csrftoken') || '' };
  const body = new URLSearchParams({ field: name });
  try {
    const answer = await fetch(button.dataset.consoleUrl, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(answer.status);
    document.querySelector(`[data-console-masked="${name}"]`).textContent = (await answer.json()).value;
    button.remove();
  } catch {
    button.disabled = false;
    button.textContent = button.dataset.consoleFailed;
  }
});
