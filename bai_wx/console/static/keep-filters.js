// The library's filter form knows its own parameters alone: what else the address asks for goes with it.
document.getElementById('filter-form')?.addEventListener('submit', (event) => {
  const form = event.currentTarget;
  for (const [name, value] of new URLSearchParams(window.location.search)) {
    if (name === 'page' || name === 'filter' || form.querySelector(`[name="${CSS.escape(name)}"]`)) continue;
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
});
