/** One line that says what has just been done, with a way back for a while. */
import { el, fill } from '../shared/dom.js';
import { say } from './words.js';

const SHOWN_MS = 10000;

/** @param {HTMLElement} place  @returns {function(string, function()|null)} show(words, undo) */
export function createToast(place) {
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    place.hidden = true;
  };
  return function show(words, undo = null) {
    clearTimeout(timer);
    fill(place, el('span', {}, words), undo && el('button', {
      type: 'button', class: 'button quiet', onclick: () => { hide(); undo(); },
    }, say('toast.undo')));
    place.hidden = false;
    timer = setTimeout(hide, SHOWN_MS);
  };
}
