/** A gap becomes a case: what to say about it, then who has it. */
import { post, Refused } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill } from '../shared/dom.js';
import { uuid } from '../shared/uuid.js';
import { minutes } from './numbers.js';
import { say } from './words.js';

/** @param {{lon, lat}} place  @param {{name, seconds: number|null}} way the walk that is too long  @param {number} limit minutes */
export function raisePart(place, way, limit) {
  const words = el('textarea', { rows: 3, maxlength: 1000, 'aria-label': say('raise.words') });
  words.value = way.seconds === null
    ? say('raise.none', { kind: way.name })
    : say('raise.far', { kind: way.name, minutes: minutes(way.seconds), limit });
  const fault = el('p', { class: 'fault', role: 'alert' });
  const send = el('button', { type: 'submit', class: 'button wide' }, say('raise.send'));
  const form = el('form', { novalidate: true }, words, fault, send);
  const part = el('details', { class: 'raise' }, el('summary', {}, say('raise.title')), form);
  // One id and time for every try: a repeat after a lost answer is not a second case.
  const named = { id: uuid(), recorded_at: new Date().toISOString() };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    words.readOnly = true; // another wording would be another report
    try {
      const { number, area } = await post(config.urls.report_gap, { ...named, lon: place.lon, lat: place.lat, words: words.value });
      const owner = area ? area.name : say('raise.nobody');
      fill(part, el('summary', {}, say('raise.title')), el('p', { class: 'told', role: 'status' }, say('raise.done', { number, area: owner })));
    } catch (error) {
      fault.textContent = error instanceof Refused ? error.message : say('state.offline');
      words.readOnly = !(error instanceof Refused);
      send.disabled = false;
    }
  });
  return part;
}
