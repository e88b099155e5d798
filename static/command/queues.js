/** What waits for the desk: a tab for each queue that is not empty, one tap to see it alone. */
import { el, fill } from '../shared/dom.js';
import { QUEUES } from './filter.js';
import { say } from './words.js';

/** @param {HTMLElement} place  @param {function(string)} choose gets a queue's name, '' for none */
export function createQueues(place, choose) {
  let chosen = '';
  const tabs = Object.keys(QUEUES).map((name) => {
    const number = el('span', { class: 'figure' });
    const button = el('button', {
      type: 'button', 'data-queue': name, title: say(`meaning.${name}`), onclick: () => choose(chosen === name ? '' : name),
    }, el('span', {}, say(`figure.${name}`)), number);
    return { name, number, button };
  });
  fill(place, tabs.map(({ button }) => button));
  return function draw(counts, queue) {
    chosen = queue;
    tabs.forEach(({ name, number, button }) => {
      number.textContent = counts[name];
      button.dataset.some = counts[name] > 0;
      button.setAttribute('aria-pressed', name === queue);
    });
  };
}
