/** Who around a case cannot walk to what, by the latest run; asked for when somebody looks. */
import { get, Refused, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill } from '../shared/dom.js';
import { moment } from '../shared/when.js';
import { say } from './words.js';

/** @param {{id: string}} incident */
export function gapsAround({ id }) {
  const body = el('div', { 'aria-live': 'polite' });
  const part = el('details', {}, el('summary', {}, say('gaps.title')), body);
  let asked = false;
  part.addEventListener('toggle', async () => {
    if (!part.open || asked) return;
    asked = true;
    fill(body, el('p', { class: 'wait' }, say('list.loading')));
    try {
      fill(body, told(await get(urlFor(config.urls.gaps, { id }))));
    } catch (error) {
      asked = false;
      fill(body, el('p', { class: 'fault', role: 'alert' }, error instanceof Refused ? error.message : say('incident.unreachable')));
    }
  });
  return el('section', { class: 'gaps' }, part);
}

/** @param {{run: object|null, people: number, gaps: {name, people}[]}} answer */
function told({ run, within_m: metres, people, gaps }) {
  if (!run) return el('p', {}, say('gaps.no_run'));
  const about = { metres, people: people.toLocaleString(), minutes: run.minutes };
  return [
    el('p', {}, gaps.length ? say('gaps.found', about) : say('gaps.none', about)),
    el('ul', {}, gaps.map((gap) => el('li', {}, el('span', {}, gap.name),
      el('strong', { class: 'figure' }, say('gaps.people', { people: gap.people.toLocaleString() }))))),
    el('p', { class: 'note' }, say('gaps.run', { at: moment(run.at) }), ' ', el('a', { href: config.urls.planning }, say('gaps.map'))),
  ];
}
