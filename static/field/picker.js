/** Choosing the category: six chips in the form, and the whole list on a screen of its own. */
import { el, fill } from '../shared/dom.js';
import { afterUse, grouped, suggested } from './categories.js';
import { remember, remembered } from './kept.js';
import { say } from './words.js';

/**
 * @param {Object} parts
 *   chips, list, search   the elements to draw into and to read from
 *   owner                 username, since recent choices belong to a person
 *   choose                called with the category that was pressed
 */
export function createPicker({ chips, list, search, owner, choose }) {
  const place = `used.${owner}`;
  let categories = [];

  search.addEventListener('input', drawList);

  /** Show the chips; a choice from the long list that is not among them takes the first place. */
  function draw(current) {
    const offered = suggested(categories, remembered(place, []));
    if (current && !offered.includes(current)) offered.splice(0, offered.length, current, ...offered.slice(0, -1));
    fill(chips, offered.map((category) => chip(category, current)));
  }

  function drawList() {
    const groups = grouped(categories, search.value);
    fill(list, groups.length ? groups.map(group) : el('p', { class: 'empty' }, say('types.none')));
  }

  const chip = (category, current) => el('button', {
    type: 'button', class: 'chip', 'aria-pressed': String(category === current), onclick: () => choose(category),
  }, category.name);

  const group = ({ name, categories: members }) => el('section', { class: 'types' },
    el('h2', {}, name), el('div', { class: 'chips' }, members.map((category) => chip(category, null))));

  return {
    draw,
    drawList,
    fill(all) { categories = all; },
    used(category) { remember(place, afterUse(remembered(place, []), category.code)); },
  };
}
