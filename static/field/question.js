/** The one question near a border: which grid? The own grid comes first and is taken already. */
import { el } from '../shared/dom.js';
import { redraw } from './redraw.js';

/** Draw the candidates as large buttons; the element hides itself when there is no question. */
export function drawQuestion(element, offered, code, choose) {
  element.hidden = !offered.length;
  redraw(element.querySelector('.choices'), offered.map((candidate) => el('button', {
    type: 'button',
    class: 'chip',
    'data-key': candidate.code,
    'aria-pressed': String(candidate.code === code),
    onclick: () => choose(candidate.code),
  }, candidate.name)));
}
