/** What does not fit: the page is wider than the screen, words are cut, the main button is out of view. */
() => {
  const found = [];
  // The blank half of a mark that is squeezed at a line's end counts as beside the box: full marks here.
  const full = new CSSStyleSheet();
  full.replaceSync('* { text-spacing-trim: space-all; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, full];
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) found.push(`${wide} pixels too wide`);
  const told = (e) => `${e.tagName} ${e.id} “${e.textContent.trim().slice(0, 20)}”`;
  document.querySelectorAll('button, h1, h2, p, span, strong, a, summary, dd, dt').forEach((e) => {
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    if (!box.width || e.closest('.only-read, .leaflet-container, .leaflet-control-container')) return;
    if (e.querySelector('.bell-count')) return;   // it hangs over the corner
    if (style.textOverflow === 'ellipsis') return;   // short on purpose; the whole stands elsewhere
    if (box.right > window.innerWidth + 1 || box.left < -1) found.push(`beside the screen: ${told(e)}`);
    if (style.display !== 'inline' && e.scrollWidth > e.clientWidth + 1) found.push(`cut: ${told(e)}`);
  });
  const main = Array.from(document.querySelectorAll('.button.main')).find((e) => e.getClientRects().length);
  if (main && main.closest('.dock, .map-dock')) {
    const { top, bottom } = main.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight + 1) found.push(`out of reach: ${told(main)}`);
  }
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== full);
  return found;
}
