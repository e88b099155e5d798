/** What colours and shapes mean, with the people of each class. */
import { el, fill } from '../shared/dom.js';
import { ENDS, FARTHER, NO_STREET } from './classes.js';
import { people } from './numbers.js';
import { say } from './words.js';

/** @param {HTMLElement} place  @returns {{draw: function(object)}} */
export function createLegend(place) {
  return {
    /** sums: people by class; minutes: the limit; index: number of kinds, 0 for times */
    draw({ sums, minutes, index, shown }) {
      place.hidden = false;
      fill(place, el('h2', {}, index ? say('legend.index') : say('legend.title')),
        el('ol', { class: 'ramp' }, sums.slice(0, FARTHER + 1).map((sum, rank) => swatch(rank, {
          words: index ? indexWords(rank, index) : timeWords(rank),
          far: index ? rank > 0 : rank >= FARTHER || ENDS[rank] > minutes,
          sum,
        })), swatch(NO_STREET, { words: say('legend.no_street'), sum: sums[NO_STREET], none: true })),
        el('ul', { class: 'marks' },
          el('li', {}, el('i', { class: 'mark facility' }), say('legend.facility')),
          !index && shown !== 'circle' && el('li', {}, el('i', { class: 'mark hid' }), say('legend.hidden')),
          !index && shown === 'walk' && el('li', {}, el('i', { class: 'mark gap' }), say('legend.gap'))));
    },
  };
}

function swatch(rank, { words, sum, far, none }) {
  return el('li', { 'data-rank': rank, class: none ? 'none' : far ? 'far' : 'near' },
    el('i', { class: 'swatch' }), el('span', {}, words), el('b', { class: 'figure' }, people(sum)));
}

function timeWords(rank) {
  if (rank >= FARTHER) return say('legend.farther', { minutes: ENDS[ENDS.length - 1] });
  return say('legend.time', { from: rank ? ENDS[rank - 1] : 0, to: ENDS[rank] });
}

function indexWords(rank, index) {
  const counts = Array.from({ length: index + 1 }, (_, k) => k)
    .filter((count) => Math.round((1 - count / index) * FARTHER) === rank);
  if (!counts.length) return '–';
  const [least, most] = [counts[0], counts[counts.length - 1]];
  return say('legend.count', { count: least === most ? least : `${least}–${most}`, of: index });
}
