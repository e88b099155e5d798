/** Who is on emergency duty, as markers that stay: an age below each, the name when one looks. */
import { el, icon } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { pins } from './leaflet.js';
import { isLate } from './oncall.js';
import { say } from './words.js';

/**
 * @param {L.Map} map  @param {function(object)} choose gets the one whose marker was pressed
 * @returns {function(object[], number)} draw those people as of a moment; [] for none
 */
export function createPinned(map, choose) {
  const drawn = new Map();    // id -> {one, element, age}
  const markers = pins(map, (id) => choose(drawn.get(id).one));
  return function draw(people, now) {
    const placed = new Map(people.filter(({ lon }) => lon !== null).map((one) => [one.id, one]));
    markers.ids().filter((id) => !placed.has(id)).forEach((id) => {
      markers.drop(id);
      drawn.delete(id);
    });
    placed.forEach((one, id) => {
      const { element, age } = drawn.get(id) || made();
      drawn.set(id, { one, element, age });
      age.textContent = when(one.at, now);
      element.dataset.late = isLate(one, now) ? 'yes' : 'no';
      markers.put(id, [one.lat, one.lon], { element, words: say('on_call.pin', { name: one.name, area: one.area, age: age.textContent }) });
    });
  };
}

function made() {
  const age = el('span');
  return { age, element: el('span', { class: 'on-call' }, el('i', {}, icon('person')), age) };
}
