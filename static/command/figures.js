/** The strip of figures: each counts, and each filters the list and the map when pressed. */
import { el, fill } from '../shared/dom.js';
import { FIGURES } from './filter.js';
import { say } from './words.js';

/** @param {HTMLElement} strip  @param {function(string)} choose gets a figure's name */
export function createFigures(strip, choose) {
  const parts = Object.keys(FIGURES).map((name) => {
    const number = el('span', { class: 'figure' }, '–');
    const button = el('button', {
      type: 'button', class: 'count', 'data-figure': name, title: say(`meaning.${name}`), onclick: () => choose(name),
    }, number, el('span', { class: 'name' }, say(`figure.${name}`)));
    return { name, number, button };
  });
  fill(strip, parts.map(({ button }) => el('li', {}, button)));
  return {
    draw(counts, chosen) {
      parts.forEach(({ name, number, button }) => {
        number.textContent = counts[name];
        button.dataset.some = counts[name] > 0;
        button.setAttribute('aria-pressed', name === chosen);
      });
    },
  };
}
