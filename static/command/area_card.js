/** An area in the drawer: where it belongs, how many are open in it, who answers for it. */
import { urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, icon } from '../shared/dom.js';
import { STATES, isOpen } from '../shared/states.js';
import { marker } from './marks.js';
import { onCallFor, peopleOf } from './people.js';
import { say } from './words.js';

/**
 * @param {object} area  @param {object[]} rows those in it or below it
 * @param {{tree(): AreaTree, now(): number, onCall(): object[], onShow(place)}} tools
 */
export function areaCard(area, rows, tools) {
  const tree = tools.tree();
  const above = tree.upFrom(area).slice(1).reverse().map((one) => one.name).join(' › ');
  const open = rows.filter(isOpen);
  return el('article', { class: 'area' },
    el('header', {},
      el('p', { class: 'number' }, above),
      el('h2', {}, area.name),
      el('p', { class: 'standing' }, el('span', {}, say(`level.${area.level}`)), el('span', { class: 'number' }, area.code))),
    el('section', {},
      el('h3', {}, say('area.open')),
      el('p', { class: 'figure large' }, open.length),
      el('ul', { class: 'by-state' }, STATES.filter((state) => isOpen({ state })).map((state) => el('li', {},
        marker({ state }), el('span', {}, say(`state.${state}`)),
        el('strong', { class: 'figure' }, open.filter((row) => row.state === state).length))))),
    onCallFor(area, tools),
    peopleOf(area.code, tree),
    el('p', {}, el('a', { class: 'button quiet', href: urlFor(config.urls.posters, { code: area.code }) },
      icon('print'), el('span', {}, say('area.poster')))));
}
