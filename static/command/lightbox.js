/** Photos at full size, one after another. */
import { el, fill, icon } from '../shared/dom.js';
import { say } from './words.js';

/** @param {HTMLDialogElement} dialog  @returns {function(object[], number)} open(photos, index) */
export function createLightbox(dialog) {
  const image = el('img', { alt: '' });
  const caption = el('p', { class: 'figure' });
  let photos = [];
  let at = 0;

  function show(index) {
    at = (index + photos.length) % photos.length;
    const words = say('incident.photo', { n: at + 1, count: photos.length });
    image.src = photos[at].url;
    image.alt = words;
    caption.textContent = words;
  }

  const arrow = (name, step) => el('button', {
    type: 'button', class: 'button', 'aria-label': say(`photo.${name}`), onclick: () => show(at + step),
  }, icon(name));
  fill(dialog, image, el('footer', {}, arrow('left', -1), caption, arrow('right', 1),
    el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('photo.shut'))));
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowLeft') show(at - 1);
    if (event.key === 'ArrowRight') show(at + 1);
  });
  return (list, index) => {
    photos = list;
    show(index);
    dialog.showModal();
  };
}
