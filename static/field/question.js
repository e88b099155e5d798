/** The one question near a border: which grid? The own grid comes first and is taken already. */
import { el, fill } from '../shared/dom.js';

/** Draw the candidates as large buttons; the element hides itself when there is no question. */
export function drawQuestion(element, offered, code, choose) {
  element.hidden = !offered.length;
  fill(element.querySelector('.choices'), offered.map((candidate) => el('button', {
    type: 'button',
    class: 'chip',
    'aria-pressed': String(candidate.code === code),
    onclick: () => choose(candidate.code),
  }, candidate.name)));
}
