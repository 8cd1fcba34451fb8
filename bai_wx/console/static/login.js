// The login page: says where cookies cannot be kept, shows the password, changes the language.
for (const told of document.querySelectorAll('[data-console="insecure"]')) told.hidden = window.isSecureContext;

document.addEventListener('click', (event) => {
  const show = event.target.closest('[data-console="show-password"]');
  if (show) {
    const field = show.parentElement.querySelector('input');
    const isShown = field.type === 'text';
    field.type = isShown ? 'password' : 'text';
    show.setAttribute('aria-pressed', String(!isShown));
  }
  const language = event.target.closest('[data-console="language"]');
  if (language) {
    window.Cookies.set(language.dataset.cookie, language.dataset.language);
    // Not a reload: that would send the form of a refused login again.
    window.location.replace(window.location.href);
  }
});
