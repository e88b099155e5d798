/** The strip of photos in the form. */
import { el, fill, icon } from '../shared/dom.js';
import { say } from './words.js';

/**
 * Draw the photos of a draft; one that is still being shrunk has no url yet.
 * @param {{id: string, url: ?string}[]} photos  @param {function(Object)} remove
 */
export function drawThumbs(target, photos, remove) {
  fill(target, photos.map((photo, i) => el('li', { class: 'thumb', 'aria-busy': !photo.url && 'true' },
    photo.url && el('img', { src: photo.url, alt: say('photo.nth', { count: i + 1 }) }),
    photo.url && el('button', {
      type: 'button', class: 'thumb-remove', 'aria-label': say('photo.remove', { count: i + 1 }), onclick: () => remove(photo),
    }, icon('cross')))));
}
