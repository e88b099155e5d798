/** Choosing the category: six chips in the form, and the whole list on a screen of its own. */
import { el, fill } from '../shared/dom.js';
import { afterUse, grouped, suggested } from './categories.js';
import { remember, remembered } from './kept.js';
import { redraw } from './redraw.js';
import { say } from './words.js';

/**
 * @param {Object} parts
 *   chips, list, search   the elements to draw into and to read from
 *   found                 says how many the search left; a live region
 *   owner                 username, since recent choices belong to a person
 *   choose                called with the category that was pressed
 */
export function createPicker({ chips, list, search, found, owner, choose }) {
  const place = `used.${owner}`;
  let categories = [];
  let chosen = null;

  search.addEventListener('input', drawList);
  search.addEventListener('keydown', take);

  /** Show the chips; a choice from the long list that is not among them takes the first place. */
  function draw(current) {
    // A draft may hold it as an earlier list had it.
    chosen = current && (categories.find(({ code }) => code === current.code) || current);
    const offered = suggested(categories, remembered(place, []), new Date().getHours());
    if (chosen && !offered.includes(chosen)) offered.splice(0, offered.length, chosen, ...offered.slice(0, -1));
    redraw(chips, offered.map(chip));
  }

  function drawList() {
    const groups = grouped(categories, search.value);
    const count = groups.reduce((sum, { categories: members }) => sum + members.length, 0);
    fill(list, groups.map(group));
    found.textContent = count ? say('types.found', { count }) : say('types.none');
    found.className = count ? 'only-read' : 'empty';
  }

  /** Enter takes the only one that is left; with more of them it leads into the list. */
  function take(event) {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const left = list.querySelectorAll('button');
    if (left.length === 1) left[0].click();
    else if (left.length) left[0].focus();
  }

  const chip = (category) => el('button', {
    type: 'button', class: 'chip', 'aria-pressed': String(category === chosen), 'data-key': category.code,
    onclick: () => choose(category),
  }, category.name);

  const group = ({ code, name, categories: members }) => el('section', { class: 'types', 'aria-labelledby': `major-${code}` },
    el('h2', { id: `major-${code}` }, name), el('div', { class: 'chips' }, members.map(chip)));

  return {
    draw,
    drawList,
    fill(all) {
      categories = all;
      drawList();   // people may be looking at it already
    },
    used(category) { remember(place, afterUse(remembered(place, []), category.code)); },
  };
}
