/** One incident in the dialog for many: whether it is chosen, why it cannot be, how it went. */
import { el } from '../shared/dom.js';
import { marker } from './marks.js';
import { say } from './words.js';

/** @param {object} row of the list  @param {function()} changed somebody has chosen it, or not */
export function bulkRow(row, changed) {
  const box = el('input', { type: 'checkbox', checked: true, onchange: changed });
  const to = el('span', { class: 'to' });
  const outcome = el('span', { class: 'outcome' });
  const item = el('li', {}, el('label', { class: 'choice' }, box, marker({ state: row.state }), el('span', { class: 'figure' }, row.number),
    el('span', { class: 'name' }, row.category_name), el('span', { class: 'where' }, row.area_name || say('list.no_area'), to)), outcome);
  return {
    item,
    chosen: () => box.checked && !item.dataset.shut,
    /** Whether the deed is open: why not, and to whom it would give the case. */
    allow(why, receiver) {
      if (why) item.dataset.shut = 'yes';
      else delete item.dataset.shut;
      box.disabled = Boolean(why);
      to.textContent = receiver ? ` → ${receiver}` : '';
      outcome.textContent = why;
    },
    lock() { box.disabled = true; },
    tell(ok, words) {
      item.dataset.outcome = ok ? 'ok' : 'not';
      outcome.textContent = words;
      item.scrollIntoView({ block: 'nearest' });
    },
  };
}
