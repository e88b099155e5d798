/** The receipt with a script: copy the link, print the page. */
const byId = (id) => document.getElementById(id);
const copy = byId('copy');

async function copyLink() {
  const told = byId('copied');
  try {
    await navigator.clipboard.writeText(byId('link').href);
    told.textContent = copy.dataset.done;
  } catch (error) {
    told.textContent = copy.dataset.failed;   // no clipboard in this browser, or not over plain http
  }
}

copy.addEventListener('click', copyLink);
byId('print').addEventListener('click', () => window.print());
document.querySelector('.resident-buttons').hidden = false;
