/** One incident as a card in a list: the same on both tabs. */
import { el, icon } from '../shared/dom.js';
import { span, when } from '../shared/when.js';
import { say } from './words.js';

/** State as icon and word; the colour comes from data-state. */
export const badge = (state) => el('span', { class: 'badge', 'data-state': state },
  icon(`state-${state}`), say(`state.${state}`));

/** How long is left for the present step, or by how much it is late; nothing once it has ended. */
export function deadline(row, now = Date.now()) {
  if (['closed', 'void'].includes(row.state)) return null;
  if (row.suspended) return el('span', { class: 'due' }, icon('clock'), say('due.suspended'));
  const { kind, ms } = clock(row, now);
  const words = kind === 'over' ? say('due.over', { span: span(ms) }) : say('due.left', { span: span(ms) });
  return el('span', { class: 'due', 'data-due': kind }, icon(kind === 'over' ? 'warn' : 'clock'), words);
}

/** 'over', 'near' (from the amber mark on) or 'ahead', and the ms left. */
function clock(row, now) {
  const ms = Date.parse(row.stage_due_at || row.due_at) - now;
  const near = row.amber_at && Date.parse(row.amber_at) <= now;
  return { kind: ms < 0 ? 'over' : near ? 'near' : 'ahead', ms };
}

/** What is done here and not yet at the server. @param {Object[]} items of the outbox */
export function waiting(items) {
  if (!items.length) return null;
  const deeds = items.map(({ label }) => label.deed).join(say('row.and'));
  return items.some(({ state }) => state !== 'waiting')
    ? el('span', { class: 'row-waits', 'data-kind': 'bad' }, icon('warn'), say('row.stuck', { deeds }))
    : el('span', { class: 'row-waits' }, icon('saved'), say('row.waits', { deeds }));
}

/** A whole row as one button that opens its detail. @param {Object[]} items of it that wait to be sent */
export const card = (row, open, items = []) => el('li', {},
  el('button', { type: 'button', class: 'row', onclick: () => open(row.id) },
    waiting(items),
    row.asks && !items.length && el('span', { class: 'row-asks' }, say(`asks.${row.asks}`)),
    el('span', { class: 'row-head' }, el('strong', {}, row.category_name), deadline(row)),
    row.words && el('span', { class: 'row-words' }, row.words),
    el('span', { class: 'row-foot' }, badge(row.state), el('span', {}, row.area_name || say('place.outside')),
      row.holder && row.holder !== row.area_name && el('span', {}, row.holder)),
    el('span', { class: 'row-time' }, when(row.reported_at))));
