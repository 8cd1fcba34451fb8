// The choice of columns is kept in this browser, for each list; addresses hold none, so a bookmark holds the filters alone.
(() => {
  const menu = document.getElementById('column-visibility-dropdown');
  if (!menu) return;
  const key = window.location.pathname.split('/')[2];
  const keep = (text, seconds) => {
    document.cookie = `bai-wx-columns-${key}=${text}; path=/console; max-age=${seconds}; samesite=strict; secure`;
  };
  const address = new URL(window.location.href);
  if (!address.searchParams.has('cols')) document.querySelectorAll('input[name="cols"]').forEach((each) => each.remove());

  menu.addEventListener('click', (event) => {
    if (event.target.closest('[data-console="apply-columns"]')) {
      const checked = [...menu.querySelectorAll('[data-sa-hook="column-visibility-toggle"]:checked')];
      keep(checked.map((each) => each.value).join('.'), checked.length ? 365 * 86400 : 0);
      address.searchParams.delete('cols');
      address.searchParams.delete('page');
      window.location.href = address.toString();
    }
    if (event.target.closest('a')) keep('', 0);
  });
})();
