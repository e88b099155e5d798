/**
 * Which incidents are meant: the figures, the list and the map all ask here, so that a figure
 * and the list behind it always agree. Pure; `now` is server time in ms.
 */
import { isOpen, MAP_STATES } from '../shared/states.js';
import { startOfDay } from './clock.js';
import { clockOf, dueOf } from './deadline.js';

const since = (iso, ms) => iso !== null && Date.parse(iso) >= ms;

/** The figures of the strip, in its order: name -> does this row count? */
export const FIGURES = {
  open: (row) => isOpen(row),
  today: (row, now) => since(row.reported_at, startOfDay(now)),
  near: (row, now) => clockOf(row, now) === 'near',
  over: (row, now) => clockOf(row, now) === 'over',
  unrouted: (row) => isOpen(row) && row.area === null,
  closed: (row, now) => !isOpen(row) && since(row.closed_at, startOfDay(now)),
};

/** The filter a fresh page starts with. */
export const START = Object.freeze({
  figure: 'open', states: Object.freeze([...MAP_STATES]), areas: null, text: '', order: 'new',
});

/** Count each figure over rows: {open: 12, …}. */
export function countFigures(rows, now) {
  const counts = {};
  Object.entries(FIGURES).forEach(([name, holds]) => {
    counts[name] = rows.reduce((sum, row) => sum + (holds(row, now) ? 1 : 0), 0);
  });
  return counts;
}

/**
 * Whether a row passes a filter.
 * @param {{figure: string, states: string[], areas: Set<string>|null, text: string}} filter
 */
export function passes(row, filter, now) {
  return FIGURES[filter.figure](row, now)
    && filter.states.includes(row.state)
    && (filter.areas === null || filter.areas.has(row.area))
    && holdsText(row, filter.text);
}

/** The rows that pass, in the filter's order: newest first, or nearest deadline first. */
export function pick(rows, filter, now) {
  return rows.filter((row) => passes(row, filter, now)).sort(ORDERS[filter.order]);
}

const ORDERS = {
  new: (a, b) => Date.parse(b.reported_at) - Date.parse(a.reported_at) || byId(a, b),
  due: (a, b) => Date.parse(dueOf(a)) - Date.parse(dueOf(b)) || byId(a, b),
};

// A second key, so that two of the same moment never swap places between two draws.
const byId = (a, b) => (a.id < b.id ? -1 : Number(a.id > b.id));

function holdsText(row, text) {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || [row.number, row.category_name, row.area_name, row.words]
    .some((part) => part.toLowerCase().includes(wanted));
}
