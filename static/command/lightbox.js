/** Photos at full size, one after another, or the place before and after in one picture. */
import { el, fill, icon } from '../shared/dom.js';
import { say } from './words.js';

/**
 * @param {HTMLDialogElement} dialog
 * @returns {function(object[], number, object[]|null)} open(photos, index, [before, after] or null);
 *   index -1 begins with the comparison
 */
export function createLightbox(dialog) {
  const image = el('img', { alt: '' });
  const caption = el('p', { class: 'figure' });
  const stage = el('div', { class: 'stage-photo' });
  let photos = [];
  let pair = null;
  let at = 0;

  function show(index) {
    at = (index + photos.length) % photos.length;
    const words = say('incident.photo', { n: at + 1, count: photos.length });
    image.src = photos[at].url;
    image.alt = words;
    caption.textContent = words;
    fill(stage, image);
    both.hidden = !pair;
  }

  function compare() {
    caption.textContent = say('photo.comparing');
    both.hidden = true;
    fill(stage, ...slider(pair));
    stage.querySelector('input').focus();
  }

  const step = (by) => show(at + by);
  const arrow = (name, by) => el('button', {
    type: 'button', class: 'button', 'aria-label': say(`photo.${name}`), onclick: () => step(by),
  }, icon(name));
  const both = el('button', { type: 'button', class: 'button', onclick: compare }, say('photo.compare'));
  fill(dialog, stage, el('footer', {}, arrow('left', -1), caption, arrow('right', 1), both,
    el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('photo.shut'))));
  dialog.addEventListener('keydown', (event) => {
    if (event.target.type === 'range') return;    // there the arrows move the divider
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === 'ArrowRight') step(1);
  });
  return (list, index, compared = null) => {
    photos = list;
    pair = compared;
    dialog.showModal();
    if (index < 0) compare();
    else show(index);
  };
}

/** Two pictures on top of one another; the divider says how much of each one sees. */
function slider([before, after]) {
  const range = el('input', { type: 'range', min: 0, max: 100, value: 50, 'aria-label': say('photo.divider') });
  const frame = el('div', { class: 'compare' },
    el('img', { src: before.url, alt: say('photo.before') }),
    el('img', { src: after.url, alt: say('photo.after'), class: 'over' }),
    el('span', { class: 'side left' }, say('photo.before')), el('span', { class: 'side right' }, say('photo.after')));
  const divide = () => frame.style.setProperty('--divide', `${range.value}%`);
  range.addEventListener('input', divide);
  divide();
  return [frame, range];
}
