/** Grids and communities, worst first, sortable; pressing one shows it on the map. */
import { el, fill } from '../shared/dom.js';
import { people, percent } from './numbers.js';
import { pressed, shareOf, sorted } from './sort.js';
import { say } from './words.js';

const COLUMNS = ['name', 'people', 'gap', 'share', 'no_street'];
const SHOWN = 60;   // rows at first; a city has thousands of grids

/** @param {HTMLElement} place  @param {function(object)} choose gets a row  @returns {{draw: function(object[])}} */
export function createTable(place, choose) {
  const state = { rows: [], level: 'community', order: { by: 'gap', down: true }, all: false, chosen: '' };
  const heads = COLUMNS.map((name) => el('th', { scope: 'col', 'data-column': name },
    el('button', { type: 'button', onclick: () => { state.order = pressed(state.order, name); draw(); } }, say(`column.${name}`))));
  const body = el('tbody');
  const more = el('button', { type: 'button', class: 'button quiet wide', onclick: () => { state.all = true; draw(); } });
  const levels = ['community', 'grid'].map((level) => el('button', {
    type: 'button', class: 'chip', 'data-level': level, onclick: () => { state.level = level; state.all = false; draw(); },
  }, say(`level.${level}`)));
  const none = el('p', { class: 'wait' }, say('table.none'));
  const table = el('table', {}, el('caption', { class: 'only-read' }, say('table.caption')),
    el('thead', {}, el('tr', {}, heads)), body);
  fill(place, el('div', { class: 'levels', role: 'group', 'aria-label': say('table.level') }, levels), none, table, more);

  function draw() {
    const rows = sorted(state.rows, state.level, state.order);
    const shown = state.all ? rows : rows.slice(0, SHOWN);
    levels.forEach((button) => button.setAttribute('aria-pressed', button.dataset.level === state.level));
    heads.forEach((head) => {
      const here = head.dataset.column === state.order.by;
      if (here) head.setAttribute('aria-sort', state.order.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    none.hidden = rows.length > 0;
    table.hidden = rows.length === 0;
    fill(body, shown.map(line));
    more.hidden = shown.length === rows.length;
    more.textContent = say('table.more', { count: rows.length - shown.length });
  }

  function line(row) {
    const share = shareOf(row);
    const key = `${row.level}:${row.code}`;
    const press = () => { state.chosen = key; choose(row); draw(); };
    return el('tr', { 'data-code': row.code, 'aria-current': String(state.chosen === key), onclick: press },
      el('th', { scope: 'row' }, el('button', { type: 'button' }, row.name), state.level === 'grid' && el('small', {}, row.parent)),
      el('td', {}, people(row.people)),
      el('td', { class: 'gap' }, people(row.gap)),
      el('td', { class: 'share', style: `--share: ${share}` }, percent(share)),
      el('td', {}, people(row.no_street)));
  }

  return {
    draw(rows) {
      state.rows = rows;
      if (!rows.some(({ level }) => level === state.level)) state.level = rows.length ? rows[0].level : state.level;
      draw();
    },
  };
}
