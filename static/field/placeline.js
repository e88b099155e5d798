/** Draws where the report will be placed, wherever the page has an element with data-place. */
import { fill, icon } from '../shared/dom.js';
import { placeWords } from './placewords.js';
import { say } from './words.js';

const DRAWINGS = { seeking: 'locate', none: 'warn', poor: 'warn' };
const AGING_MS = 10000;

/** Follows the receiver and the server's answers; asks for the grid whenever the place changes. */
export function startPlaceLines(place, router) {
  const lines = document.querySelectorAll('[data-place]');

  function draw() {
    const words = placeWords({
      point: place.current(), status: place.status(), answer: router.answer(), choice: router.choice(), now: Date.now(),
    }, say);
    lines.forEach((line) => {
      line.dataset.kind = words.kind;
      fill(line.querySelector('.place-icon'), icon(DRAWINGS[words.kind] || 'pin'));
      line.querySelector('.place-title').textContent = words.title;
      line.querySelector('.place-detail').textContent = words.detail;
      line.querySelector('[data-again]').hidden = !words.again;
    });
  }

  lines.forEach((line) => line.querySelector('[data-again]').addEventListener('click', () => {
    place.unpin();   // a draft stands where it was begun until people say otherwise
    place.start();
  }));
  place.listen(() => {
    router.ask(place.current());
    draw();
  });
  router.listen(draw);
  // The age of the fix is on screen; this lives as long as the page.
  setInterval(draw, AGING_MS);
  draw();
}
