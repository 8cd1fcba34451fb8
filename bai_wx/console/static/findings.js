// The doctor's lines take a second: the page is shown first, and they come into it.
(() => {
  const place = document.querySelector('[data-console="findings"]');
  const again = document.querySelector('[data-console="findings-again"]');
  const waiting = place.innerHTML;

  async function look() {
    again.disabled = true;
    place.innerHTML = waiting;
    try {
      const answer = await fetch(place.dataset.address, { redirect: 'error' });
      if (!answer.ok) throw new Error(String(answer.status));
      place.innerHTML = await answer.text();
    } catch {
      place.textContent = place.dataset.failed;
      place.firstChild && place.classList.add('p-3');
    }
    again.disabled = false;
  }

  again.addEventListener('click', look);
  look();
})();
