/**
 * Lines that say what has just been done, each with a way back where there is one. A line stays ten
 * seconds, and as long as the pointer or the focus is on any of them.
 */
import { el } from '../shared/dom.js';
import { Countdown } from './countdown.js';
import { say } from './words.js';

const SHOWN_MS = 10000;
const MOST = 3;

/**
 * @param {HTMLElement} place
 * @returns {{show: function(string, object|null), undo: function(): boolean}} show(words, {undo} or
 *   {label, act}); undo takes back what the newest line that can be taken back tells of
 */
export function createToast(place) {
  const lines = [];
  const read = () => lines.forEach(({ countdown }) => countdown.pause());
  const leave = () => {
    if (!place.matches(':hover') && !place.contains(document.activeElement)) lines.forEach(({ countdown }) => countdown.resume());
  };
  place.addEventListener('pointerenter', read);
  place.addEventListener('focusin', read);
  place.addEventListener('pointerleave', leave);
  place.addEventListener('focusout', () => setTimeout(leave));

  function drop(line) {
    if (!lines.includes(line)) return;
    lines.splice(lines.indexOf(line), 1);
    line.countdown.stop();
    line.node.remove();
    place.hidden = lines.length === 0;
    leave();
  }

  function show(words, { undo = null, label = '', act = undo } = {}) {
    const line = { undo: undo && (() => { drop(line); undo(); }) };
    line.node = el('p', {}, el('span', {}, words), act && el('button', {
      type: 'button', class: 'button quiet', 'aria-keyshortcuts': undo ? 'Z' : null, onclick: () => { drop(line); act(); },
    }, undo ? say('toast.undo') : label, undo && el('kbd', { 'aria-hidden': 'true' }, 'Z')));
    line.countdown = new Countdown(SHOWN_MS, () => drop(line));
    lines.push(line);
    place.append(line.node);
    place.hidden = false;
    if (lines.length > MOST) drop(lines[0]);
    if (place.matches(':hover')) line.countdown.pause();
  }

  return {
    show,
    undo() {
      const line = lines.filter((each) => each.undo).pop();
      if (line) line.undo();
      return Boolean(line);
    },
  };
}
