/** What stands over the list: what is listed, how many, which area, and what to do when it is empty. */
import { byId, el, fill } from '../shared/dom.js';
import { START } from './filter.js';
import { say } from './words.js';

/** @param {function()} clear drop every condition  @returns {function(object)} draw */
export function createListHead(clear) {
  return function draw({ count, filter, area, areas }) {
    byId('list-title').textContent = say(`figure.${filter.figure}`);
    byId('list-count').textContent = say('list.count', { count });
    byId('area-chip').hidden = !area;
    if (area) byId('area-chip-name').textContent = say('list.in_area', { name: area.name });
    const empty = document.body.dataset.ready === 'yes' && count === 0;
    byId('empty').hidden = !empty;
    if (empty) fill(byId('empty'), ...wordsFor(filter, areas, clear));
  };
}

function wordsFor(filter, areas, clear) {
  if (isNarrowed(filter)) {
    return [el('p', {}, say('list.none')),
      el('button', { type: 'button', class: 'button', onclick: clear }, say('list.clear'))];
  }
  if (areas === 0) return [el('h3', {}, say('list.no_areas')), el('p', {}, say('list.teach_areas'))];
  return [el('h3', {}, say('list.empty')), el('p', {}, say('list.teach'))];
}

const isNarrowed = (filter) => Boolean(filter.text.trim()) || filter.areas !== null
  || filter.figure !== START.figure || filter.states.length < START.states.length;
