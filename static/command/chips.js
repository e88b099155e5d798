/** What the list is narrowed by, each condition with a cross that takes it away. */
import { el, fill, icon } from '../shared/dom.js';
import { NOTHING } from './filter.js';
import { say } from './words.js';

/**
 * @param {HTMLElement} place  @param {object} known see createKnown
 * @param {function(object)} change gets what the filter becomes
 * @returns {function(object)} draw a filter
 */
export function createChips(place, known, change) {
  let drawn = '';
  return function draw(filter) {
    const chips = chipsOf(filter, known);
    const key = JSON.stringify(chips);
    if (key === drawn) return;
    drawn = key;
    place.hidden = chips.length === 0;
    fill(place, chips.map(({ name, words, left }) => el('li', {}, el('button', {
      type: 'button', class: 'chip', 'data-chip': name, 'aria-label': say('filter.drop', { words }), onclick: () => change({ [name]: left }),
    }, el('span', {}, words), icon('cross')))));
  };
}

/** {name of the part, words, what is left of it without this chip}. */
function chipsOf(filter, known) {
  const each = (name, wordOf) => filter[name].map((code) => (
    { name, words: wordOf(code), left: filter[name].filter((other) => other !== code) }));
  const one = (name, wordOf) => (filter[name].trim() ? [{ name, words: wordOf(filter[name]), left: NOTHING[name] }] : []);
  return [
    ...one('queue', (queue) => say(`figure.${queue}`)),
    ...each('states', (state) => say(`state.${state}`)),
    ...each('category', known.nameOf),
    ...each('source', known.nameOf),
    ...one('area', known.areaName),
    ...one('due', (due) => say(`figure.${due}`)),
    ...one('counted', (name) => say(`counted.${name}`)),
    ...one('since', (day) => say('filter.from', { day: spoken(day, '00') })),
    ...one('until', (day) => say('filter.to', { day: spoken(day, '59') })),
    ...one('q', (text) => say('filter.text', { text })),
    ...one('within', () => say('filter.drawn')),
  ];
}

/** 2026-03-05, or 2026-03-05 14:00 where an hour is meant. */
const spoken = (day, minute) => (day.includes('T') ? `${day.replace('T', ' ')}:${minute}` : day);
