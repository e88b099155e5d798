/** What the colours and shapes on the map mean; always in sight. */
import { el, fill } from '../shared/dom.js';
import { MAP_STATES } from '../shared/states.js';
import { marker } from './marks.js';
import { say } from './words.js';

/** @param {HTMLElement} place  @returns {{draw: function(string, number[])}} level and breaks */
export function createLegend(place) {
  const title = el('h3');
  const ramp = el('ol', { class: 'ramp' });
  const line = (what, text) => el('li', {}, marker(what), text);
  fill(place, title, ramp, el('ul', { class: 'marks' },
    MAP_STATES.map((state) => line({ state }, say(`state.${state}`))),
    line({ state: 'reported', unrouted: true }, say('legend.unrouted')),
    line({ clock: 'near' }, say('legend.near')),
    line({ clock: 'over' }, say('legend.over'))));
  return {
    draw(level, breaks) {
      title.textContent = say('legend.fill', { level: level ? say(`level.${level}`) : '' });
      fill(ramp, [0, ...breaks].map((lowest, rank) => el('li', { 'data-rank': rank }, rangeOf(lowest, breaks[rank]))));
    },
  };
}

/** '0', '1–4', '20+' */
function rangeOf(lowest, next) {
  if (next === undefined) return `${lowest}+`;
  return next - 1 > lowest ? `${lowest}–${next - 1}` : String(lowest);
}
