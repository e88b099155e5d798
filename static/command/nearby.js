/** What else is open or was reported around an incident: so that one matter is not handled twice. */
import { get, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill } from '../shared/dom.js';
import { isOpen } from '../shared/states.js';
import { when } from '../shared/when.js';
import { marker } from './marks.js';
import { say } from './words.js';

const WITHIN_M = 250;
const MOST = 8;

/** @param {object} incident  @param {{now: function(): number, open: function(string)}} tools */
export function nearby(incident, tools) {
  const body = el('div', { class: 'nearby' });
  const details = el('details', {}, el('summary', {}, say('nearby.title', { metres: WITHIN_M })), body);
  details.addEventListener('toggle', () => { if (details.open && !body.hasChildNodes()) load(); });

  async function load() {
    fill(body, el('p', {}, say('list.loading')));
    try {
      const { items } = await get(withQuery(config.urls.around, {
        near: `${incident.lon},${incident.lat}`, within_m: WITHIN_M, page_size: MOST + 1,
      }));
      fill(body, list(items.filter(({ id }) => id !== incident.id).slice(0, MOST), tools));
    } catch {
      fill(body, el('p', { class: 'fault' }, say('incident.unreachable')));
    }
  }

  return el('section', {}, details);
}

function list(rows, { now, open }) {
  if (!rows.length) return el('p', { class: 'none' }, say('nearby.none'));
  return el('ul', {}, rows.map((row) => el('li', {},
    marker({ state: row.state }),
    el('button', { type: 'button', class: 'link', 'data-id': row.id, onclick: () => open(row.id) }, row.category_name),
    el('small', {}, say(`state.${row.state}`), ' · ', when(isOpen(row) ? row.reported_at : row.closed_at || row.reported_at, now())))));
}
