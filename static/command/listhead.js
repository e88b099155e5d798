/** What stands over the list: what is listed, how many, which area, and what to do when it is empty. */
import { byId, el, fill } from '../shared/dom.js';
import { queryOf, START } from './filter.js';
import { say } from './words.js';

/**
 * @param {{clear: function(), again: function()}} on clear: drop every condition; again: ask the
 *   server once more
 * @returns {function(object)} draw
 */
export function createListHead({ clear, again }) {
  return function draw({ count, state, filter, area, areas }) {
    byId('list-title').textContent = filter.queue ? say(`figure.${filter.queue}`) : say('list.title');
    byId('list-count').textContent = count === null ? '' : say('list.count', { count });
    byId('area-chip').hidden = !area;
    if (area) byId('area-chip-name').textContent = say('list.in_area', { name: area.name });
    byId('bulk').disabled = !count;
    byId('export').search = queryOf(filter);
    const ready = document.body.dataset.ready === 'yes';
    const words = state ? wordsOf(state, again) : ready && count === 0 && wordsFor(filter, area, areas, clear);
    byId('empty').hidden = !words;
    if (words) fill(byId('empty'), ...words);
  };
}

const wordsOf = (state, again) => (state === 'loading' ? [el('p', { class: 'wait' }, say('list.loading'))] : [
  el('p', { role: 'alert' }, say('incident.unreachable')),
  el('button', { type: 'button', class: 'button', onclick: again }, say('incident.retry')),
]);

function wordsFor(filter, area, areas, clear) {
  if (area || queryOf(filter) !== queryOf(START) || filter.shown.length < START.shown.length) {
    return [el('p', {}, say('list.none')),
      el('button', { type: 'button', class: 'button', onclick: clear }, say('list.clear'))];
  }
  if (areas === 0) return [el('h3', {}, say('list.no_areas')), el('p', {}, say('list.teach_areas'))];
  return [el('h3', {}, say('list.empty')), el('p', {}, say('list.teach'))];
}
