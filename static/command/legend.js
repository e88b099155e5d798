/** What the colours and shapes on the map mean; always in sight. */
import { el, fill, icon } from '../shared/dom.js';
import { MAP_STATES } from '../shared/states.js';
import { kindOf } from './gapareas.js';
import { marker } from './marks.js';
import { say } from './words.js';

/**
 * @param {HTMLElement} place
 * @returns {{draw(level, breaks), heat(breaks or null), staffing(on), gaps(told or null), onCall(on)}} null,
 *   false: not shown
 */
export function createLegend(place) {
  const title = el('h3');
  const ramp = el('ol', { class: 'ramp' });
  const line = (what, text) => el('li', {}, marker(what), text);
  const heat = el('div', { class: 'heat', hidden: true });
  const staffing = el('p', { class: 'unstaffed', hidden: true }, el('i', { 'aria-hidden': 'true' }), say('legend.unstaffed'));
  const gapLine = el('span');
  const gaps = el('p', { class: 'gap-key', hidden: true }, el('i', { 'aria-hidden': 'true' }), gapLine);
  const onCall = el('p', { class: 'on-call-key', hidden: true }, el('i', { 'aria-hidden': 'true' }, icon('person')), say('legend.on_call'));
  fill(place, title, ramp, heat, staffing, gaps, onCall, el('ul', { class: 'marks' },
    MAP_STATES.map((state) => line({ state }, say(`state.${state}`))),
    line({ state: 'reported', unrouted: true }, say('legend.unrouted')),
    line({ clock: 'near' }, say('legend.near')),
    line({ clock: 'over' }, say('legend.over'))));
  return {
    draw(level, breaks) {
      title.textContent = say('legend.fill', { level: level ? say(`level.${level}`) : '' });
      fill(ramp, [0, ...breaks].map((lowest, rank) => el('li', { 'data-rank': rank }, rangeOf(lowest, breaks[rank]))));
    },
    heat(breaks) {
      heat.hidden = !breaks;
      fill(heat, el('h3', {}, say('legend.heat')), el('ol', { class: 'ramp' }, (breaks || []).map((lowest, rank) => (
        el('li', { 'data-heat': rank + 1 }, rangeOf(lowest, breaks[rank + 1]))))));
    },
    staffing(on) { staffing.hidden = !on; },
    gaps(told) {
      gaps.hidden = !told || !told.run;
      if (gaps.hidden) return;
      const { name, people } = kindOf(told);
      gapLine.textContent = say('legend.gaps', { name, minutes: told.run.minutes, people: Math.round(people).toLocaleString() });
    },
    onCall(on) { onCall.hidden = !on; },
  };
}

/** '0', '1–4', '20+' */
function rangeOf(lowest, next) {
  if (next === undefined) return `${lowest}+`;
  return next - 1 > lowest ? `${lowest}–${next - 1}` : String(lowest);
}
