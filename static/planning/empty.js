/** What the page says instead of a map: nothing loaded yet, no people, no answer. */
import { Refused } from '../shared/api.js';
import { el, fill, icon } from '../shared/dom.js';
import { say } from './words.js';

const STEPS = {
  network: ['import_streets town.osm.pbf --name town', 'import_population houses.csv --value people', 'import_facilities clinics.csv --category health'],
  people: ['import_population houses.csv --value people'],
};

/** Say which commands come first: `what` is 'network' or 'people'. */
export function teach(place, what) {
  place.hidden = false;
  fill(place, el('h2', {}, what === 'network' ? say('empty.network') : say('empty.people')), el('p', {}, say('empty.first')),
    el('ol', {}, STEPS[what].map((command) => el('li', {}, el('code', {}, `./gridctl manage ${command}`)))));
}

/** Say what went wrong, with a way to try again. */
export function complain(place, error, again) {
  place.hidden = false;
  fill(place, el('h2', {}, icon('warn'), error instanceof Refused ? error.message : say('state.offline')),
    el('p', {}, say('state.kept')),
    el('button', { type: 'button', class: 'button main', onclick: again }, say('state.again')));
}

/** Nothing to say. */
export const hush = (place) => { place.hidden = true; };
