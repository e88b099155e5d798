/** One incident as a card in a list: the same on both tabs. */
import { el, icon } from '../shared/dom.js';
import { due, span, when } from '../shared/when.js';
import { say } from './words.js';

/** State as icon and word; the colour comes from data-state. */
export const badge = (state) => el('span', { class: 'badge', 'data-state': state },
  icon(`state-${state}`), say(`state.${state}`));

/** How long is left, or by how much it is late; nothing once it is closed. */
export function deadline(row, now = Date.now()) {
  if (row.state === 'closed') return null;
  const { kind, ms } = due(row.due_at, now);
  const over = kind === 'over';
  const words = over ? say('due.over', { span: span(ms) }) : say('due.left', { span: span(ms) });
  return el('span', { class: 'due', 'data-due': kind }, icon(over ? 'warn' : 'clock'), words);
}

/** A whole row as one button that opens its detail. */
export const card = (row, open) => el('li', {},
  el('button', { type: 'button', class: 'row', onclick: () => open(row.id) },
    el('span', { class: 'row-head' }, el('strong', {}, row.category_name), deadline(row)),
    row.words && el('span', { class: 'row-words' }, row.words),
    el('span', { class: 'row-foot' }, badge(row.state), el('span', {}, row.area_name || say('place.outside'))),
    el('span', { class: 'row-time' }, when(row.reported_at))));
