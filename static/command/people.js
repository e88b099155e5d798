/** Who answers for a place: those on duty, with a number to call, and the party organisation. */
import { el, icon } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { isLate, onCallIn } from './oncall.js';
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

/** Those on emergency duty for an area or one below it, with where they were last; null for none. */
export function onCallFor(area, { tree, now, onCall, onShow }) {
  const people = onCallIn(onCall(), tree().codesUnder(area));
  return people.length > 0 && el('section', { class: 'people on-duty' },
    el('h3', {}, say('on_call.title', { count: people.length })),
    el('ul', {}, people.map((one) => el('li', {}, icon('person'), el('span', {}, one.name), call(one), lastSeen(one, now(), onShow)))));
}

function lastSeen(one, now, onShow) {
  if (one.lon === null) return el('small', {}, say('roster.no_place'));
  return el('button', { type: 'button', class: 'link', 'data-late': isLate(one, now) ? 'yes' : 'no', onclick: () => onShow(one) },
    say('roster.last_seen', { when: when(one.at, now) }));
}

const call = ({ phone }) => phone && el('a', { href: `tel:${phone}`, class: 'figure' }, icon('call'), phone);

function person(one) {
  return el('li', {}, icon('person'), el('span', {}, one.name), call(one));
}
