/** Who answers for a place: those on duty, with a number to call, and the party organisation. */
import { el, icon } from '../shared/dom.js';
import { say } from './words.js';

/**
 * The people of an area; where it has none, those of the nearest area above that has.
 * @param {string|null} code  @param {AreaTree|null} tree null while the areas have not come
 */
export function peopleOf(code, tree) {
  if (!tree || code === null) return null;
  const line = tree.upFrom(tree.get(code));
  const holder = line.find((area) => area.workers.length > 0);
  const party = line.find((area) => area.party);
  return el('section', { class: 'people' },
    el('h3', {}, holder && holder.code !== code ? say('people.of', { name: holder.name }) : say('people.title')),
    holder ? el('ul', {}, holder.workers.map(person)) : el('p', { class: 'none' }, say('people.none')),
    party && el('p', { class: 'party' }, say('people.party', { name: party.party })));
}

function person({ name, phone }) {
  return el('li', {}, icon('person'), el('span', {}, name),
    phone && el('a', { href: `tel:${phone}`, class: 'figure' }, icon('call'), phone));
}
