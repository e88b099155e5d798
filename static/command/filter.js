/**
 * Which incidents are meant: the figures, the list and the map all ask here, so that a figure
 * and the list behind it always agree. Pure; `now` is server time in ms.
 *
 * `incidents/sought.py` says the same on the server, under the same names; one test runs both.
 */
import { isOpen, MAP_STATES, STATES } from '../shared/states.js';
import { msOf } from '../shared/when.js';
import { startOfDay } from './clock.js';
import { clockOf, dueOf } from './deadline.js';

const since = (iso, ms) => iso !== null && msOf(iso) >= ms;

/** The figures of the strip, in its order: name -> does this row count? */
export const FIGURES = {
  open: (row) => isOpen(row),
  today: (row, now) => since(row.reported_at, startOfDay(now)),
  near: (row, now) => clockOf(row, now) === 'near',
  over: (row, now) => clockOf(row, now) === 'over',
  unrouted: (row) => isOpen(row) && row.area === null,
  closed: (row, now) => row.state === 'closed' && since(row.closed_at, startOfDay(now)),
};

/** What waits for the desk, in the order of the queues: the figures that press, and three more. */
export const QUEUES = {
  unrouted: FIGURES.unrouted,
  ambiguous: (row) => isOpen(row) && row.method === 'ambiguous',
  stand_in: (row) => isOpen(row) && row.stand_in,
  objection: (row) => row.objection,
  near: FIGURES.near,
  over: FIGURES.over,
};

/** All of them, to be counted in one go. */
export const ALL = { ...FIGURES, ...QUEUES };

/** Counts of the rates whose cases can be asked for: those of the days in `since` and `until`. */
export const COUNTED = ['reported', 'closings', 'should_close', 'closed_in_time', 'missed_deadline',
  'satisfaction_answers', 'satisfied', 'dissatisfied'];

/** Nothing asked for. Lists of codes, days as YYYY-MM-DD or hours of them as …T14, `within` as "lon,lat;lon,lat;…". */
export const NOTHING = Object.freeze({
  queue: '', states: Object.freeze([]), category: Object.freeze([]), source: Object.freeze([]),
  area: '', due: '', since: '', until: '', counted: '', q: '', within: '',
});

/** The filter a fresh page starts with; `shown` are the states the layer panel leaves visible. */
export const START = Object.freeze({
  ...NOTHING, queue: 'open', shown: Object.freeze([...MAP_STATES]), order: 'new',
});

/** Count each of some queues over rows: {open: 12, …}. */
export function count(queues, rows, now) {
  const counts = {};
  Object.entries(queues).forEach(([name, holds]) => {
    counts[name] = rows.reduce((sum, row) => sum + (holds(row, now) ? 1 : 0), 0);
  });
  return counts;
}

/** Whether a filter may mean incidents that the live rows no longer hold. */
export function looksBack({ since: first, until, counted, states }) {
  return Boolean(first || until || counted || states.some((state) => !isOpen({ state })));
}

/**
 * The filter as a question to be asked of many rows.
 * @param {object} filter
 * @param {{codesUnder: function(string): Set, minorsOf: function(string): string[]}} known the
 *   areas below an area, the minor categories of a major one
 * @returns {function(object, number): boolean} of a row and now
 */
export function sieve(filter, known) {
  const checks = [];
  const { states, category, source, area, due, q, queue } = filter;
  if (states.length) checks.push((row) => states.includes(row.state));
  if (filter.shown && filter.shown.length < MAP_STATES.length) {
    checks.push((row) => filter.shown.includes(row.state) || !MAP_STATES.includes(row.state));
  }
  if (category.length) {
    const codes = new Set(category.flatMap((code) => [code, ...known.minorsOf(code)]));
    checks.push((row) => codes.has(row.category));
  }
  if (source.length) checks.push((row) => source.includes(row.source));
  if (area) {
    const codes = known.codesUnder(area);
    checks.push((row) => codes.has(row.area));
  }
  if (due) checks.push((row, now) => clockOf(row, now) === due);
  if (filter.since) checks.push((row) => since(row.reported_at, dayStart(filter.since)));
  if (filter.until) checks.push((row) => msOf(row.reported_at) < dayStart(filter.until, 1));
  if (q.trim()) checks.push(holdsText(q.trim()));
  if (queue) checks.push(ALL[queue]);
  if (filter.within) checks.push(liesWithin(cornersOf(filter.within)));
  return (row, now) => checks.every((holds) => holds(row, now));
}

/** Rows in the filter's order: newest first, or nearest deadline first. */
export function ordered(rows, order) {
  const key = ORDERS[order];
  return rows.map((row) => ({ row, key: key(row) })).sort((a, b) => a.key - b.key || byId(a.row, b.row)).map(({ row }) => row);
}

const ORDERS = {
  new: (row) => -msOf(row.reported_at),
  due: (row) => msOf(dueOf(row)),
};

// A second key, so that two of the same moment never swap places between two draws.
const byId = (a, b) => (a.id < b.id ? -1 : Number(a.id > b.id));

/** The first moment (ms) of a day, or of an hour, so many of them later; by the desk's calendar. */
function dayStart(day, later = 0) {
  const [year, month, date, hour] = day.split(/[-T]/).map(Number);
  const start = hour === undefined ? [date + later] : [date, hour + later];
  return new Date(year, month - 1, ...start).getTime();
}

/** Words, category or area hold the text; or the number starts with it, or is it without zeros. */
function holdsText(text) {
  const wanted = text.toLowerCase();
  const serial = /^[0-9]{1,12}$/.test(text) ? Number(text) : null;
  const prefix = /^[0-9]{4}-[0-9]*$/.test(text);
  return (row) => [row.category_name, row.area_name, row.words].some((part) => part.toLowerCase().includes(wanted))
    || (prefix && row.number.startsWith(text))
    || (serial !== null && Number(row.number.split('-')[1]) === serial);
}

/** [[lon, lat], …] of "lon,lat;lon,lat;…". */
export const cornersOf = (text) => text.split(';').filter(Boolean).map((part) => part.split(',').map(Number));

function liesWithin(corners) {
  return ({ lon, lat }) => corners.reduce((inside, [lonB, latB], index) => {
    const [lonA, latA] = corners[(index || corners.length) - 1];
    if ((latA > lat) === (latB > lat)) return inside;
    return lon < lonA + ((lat - latA) / (latB - latA)) * (lonB - lonA) ? !inside : inside;
  }, false);
}

// -- the filter as an address carries it, for the page's own and for the server's -----------------

const LISTS = { states: 'state', category: 'category', source: 'source' };
const WORDS = ['area', 'due', 'since', 'until', 'counted', 'q', 'queue', 'within'];
const DAY = /^\d{4}-\d\d-\d\d(T\d\d)?$/;
const KNOWN = {
  due: (word) => word === 'near' || word === 'over',
  since: (word) => DAY.test(word),
  until: (word) => DAY.test(word),
  counted: (word) => COUNTED.includes(word),
  queue: (word) => Object.hasOwn(ALL, word),
};

/** 'state=reported&q=…' of what a filter asks for; '' for nothing. */
export function queryOf(filter) {
  const query = new URLSearchParams();
  Object.entries(LISTS).forEach(([name, key]) => { if (filter[name].length) query.set(key, filter[name].join(',')); });
  WORDS.forEach((name) => { if (filter[name].trim()) query.set(name, filter[name].trim()); });
  return query.toString();
}

/**
 * How the server is asked for what is drawn: the filter without the states that the layer panel
 * hides. No question means "open or closed within 24 hours, but without …", so there what is hidden
 * is asked for as well, to be taken away.
 * @returns {{query: string|null, less: string|null, hidden: string[]}} query null: nothing is
 *   drawn; less: the question whose answer is taken away, null for none
 */
export function drawn(filter) {
  const hidden = MAP_STATES.filter((state) => !filter.shown.includes(state));
  if (!hidden.length) return { query: queryOf(filter), less: null, hidden };
  const lives = !filter.states.length && !filter.queue && !looksBack(filter);
  if (lives && !hidden.includes('closed')) {
    return { query: queryOf(filter), less: queryOf({ ...filter, states: hidden }), hidden };
  }
  const all = filter.counted ? STATES : MAP_STATES;    // a count also has what the map never shows
  const meant = filter.states.length ? filter.states : all;
  const states = meant.filter((state) => !hidden.includes(state));
  return { query: states.length ? queryOf({ ...filter, states }) : null, less: null, hidden };
}

/** What such a query asks for; a word it does not know is left out, as a link may be old. */
export function filterOf(text) {
  const query = new URLSearchParams(text);
  const asked = { ...NOTHING };
  Object.entries(LISTS).forEach(([name, key]) => { asked[name] = (query.get(key) || '').split(',').filter(Boolean); });
  asked.states = asked.states.filter((state) => STATES.includes(state));
  WORDS.forEach((name) => {
    const word = query.get(name) || '';
    if (word && (!KNOWN[name] || KNOWN[name](word))) asked[name] = word;
  });
  return asked;
}
