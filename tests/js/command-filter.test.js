/** What is listed, what is counted: a figure and the list behind it always agree. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOfDay } from '../../static/command/clock.js';
import {
  count, drawn, FIGURES, filterOf, looksBack, ordered, queryOf, QUEUES, sieve, START,
} from '../../static/command/filter.js';
import { MAP_STATES, STATES } from '../../static/shared/states.js';

const NOW = new Date(2026, 2, 5, 14, 30).getTime();
const MINUTE = 60000;
const at = (minutes) => new Date(NOW + minutes * MINUTE).toISOString();

const rowOf = (id, more = {}) => ({
  id, number: `2026-${id}`, state: 'reported', category: 'street_lamp', category_name: '路灯损坏', area: 'A1', area_name: '第1网格',
  source: 'worker', method: 'covers', objection: false, stand_in: false, lon: 105.002, lat: 31.002, words: '', reported_at: at(-60), due_at: at(600), closed_at: null, ...more,
});

const ROWS = [
  rowOf('calm'),
  rowOf('near', { due_at: at(20), state: 'accepted' }),
  rowOf('over', { due_at: at(-1), state: 'in_progress', reported_at: at(-3000) }),
  rowOf('lost', { area: null, area_name: '' }),
  rowOf('done', { state: 'closed', closed_at: at(-5), due_at: at(-50) }),
  rowOf('yesterday', { state: 'closed', closed_at: at(-1000), reported_at: at(-1400) }),
];
const KNOWN = {
  codesUnder: (code) => new Set(code === 'A' ? ['A', 'A1', 'A2'] : [code]),
  minorsOf: (code) => (code === 'facility' ? ['street_lamp', 'manhole'] : []),
};
const pick = (rows, filter) => {
  const holds = sieve(filter, KNOWN);
  return ordered(rows.filter((row) => holds(row, NOW)), filter.order);
};
const idsOf = (change) => pick(ROWS, { ...START, ...change }).map(({ id }) => id).sort();

test('every figure equals the length of the list behind it', () => {
  const counts = count(FIGURES, ROWS, NOW);
  assert.deepEqual(counts, { open: 4, today: 4, near: 1, over: 1, unrouted: 1, closed: 1 });
  Object.keys(FIGURES).forEach((figure) => assert.equal(idsOf({ queue: figure }).length, counts[figure], figure));
});

test('today begins at local midnight', () => {
  const midnight = startOfDay(NOW);
  const born = (ms) => rowOf('x', { reported_at: new Date(ms).toISOString() });
  assert.equal(FIGURES.today(born(midnight), NOW), true);
  assert.equal(FIGURES.today(born(midnight - 1), NOW), false);
});

test('a closed incident is neither near its deadline nor over it', () => {
  const done = ROWS.find(({ id }) => id === 'done');
  assert.equal(FIGURES.over(done, NOW), false);
  assert.equal(FIGURES.near({ ...done, due_at: at(5) }, NOW), false);
});

test('conditions narrow together', () => {
  assert.deepEqual(idsOf({ states: ['accepted', 'in_progress'] }), ['near', 'over']);
  assert.deepEqual(idsOf({ area: 'B1' }), []);
  assert.deepEqual(idsOf({ area: 'A' }), ['calm', 'near', 'over']);
  assert.deepEqual(idsOf({ area: 'A1', states: ['accepted'], category: ['facility'], source: ['worker'] }), ['near']);
  assert.deepEqual(idsOf({ category: ['noise'] }), []);
  assert.deepEqual(idsOf({ within: '105,31;105.01,31;105.01,31.01;105,31.01' }).length, 4);
  assert.deepEqual(idsOf({ within: '105,31;105.001,31;105,31.001' }), []);
});

test('the layer panel hides a state and leaves the filter alone', () => {
  const shown = START.shown.filter((state) => state !== 'accepted');
  assert.deepEqual(idsOf({ shown }), ['calm', 'lost', 'over']);
  assert.equal(queryOf({ ...START, shown }), 'queue=open');
});

test('a day has all its moments, an hour of it its own', () => {
  const at1430 = rowOf('a', { reported_at: new Date(2026, 2, 5, 14, 30).toISOString() });
  const holds = (since, until) => sieve({ ...START, since, until }, KNOWN)(at1430, NOW);
  [['2026-03-05', '2026-03-05'], ['2026-03-05T14', '2026-03-05T14'], ['2026-03-04T23', '']].forEach((days) => assert.equal(holds(...days), true, days));
  [['2026-03-05T15', ''], ['', '2026-03-05T13'], ['2026-03-06', ''], ['', '2026-03-04']].forEach((days) => assert.equal(holds(...days), false, days));
});

test('text is found in number, category, grid and words, whatever the case', () => {
  const row = rowOf('000123', { words: 'By the NORTH gate' });
  const found = (q) => sieve({ ...START, q }, KNOWN)(row, NOW);
  ['2026-0001', '123', '路灯', '第1', 'north GATE', '  路灯 ', ''].forEach((text) => assert.equal(found(text), true, text));
  ['井盖', '12', '026-000123', '2026'].forEach((text) => assert.equal(found(text), false, text));
});

test('an address keeps every condition, and drops what it does not know', () => {
  const filter = {
    ...START, states: ['reported', 'closed'], category: ['facility'], source: ['worker'], area: 'A/1', due: 'over', since: '2026-03-01',
    until: '2026-03-05T14', counted: 'satisfied', q: '东门 #1?&/', queue: 'ambiguous', within: '1,2;3,4;5,6',
  };
  assert.deepEqual({ ...filterOf(queryOf(filter)), shown: START.shown, order: 'new' }, filter);
  assert.deepEqual(filterOf('queue=toString&due=soon&state=nobody&since=now&counted=sheep&x=1'), filterOf(''));
  assert.equal(queryOf(filterOf('')), '');
});

test('only a period or an ended state looks into the past', () => {
  const back = (change) => looksBack({ ...START, ...change });
  assert.equal(back({}), false);
  assert.equal(back({ states: ['reported'], queue: 'closed', q: 'x' }), false);
  [{ states: ['closed'] }, { states: ['reported', 'void'] }, { since: '2026-03-05' }, { until: '2026-03-05' }, { counted: 'closings' }].forEach((change) => assert.equal(back(change), true));
});

test('every queue counts what waits', () => {
  const rows = [rowOf('a', { method: 'ambiguous' }), rowOf('s', { stand_in: true }), rowOf('o', { objection: true }),
    rowOf('d', { method: 'ambiguous', stand_in: true, state: 'closed', closed_at: at(-5) })];
  assert.deepEqual(count(QUEUES, rows, NOW), {
    unrouted: 0, ambiguous: 1, stand_in: 1, objection: 1, near: 0, over: 0,
  });
});

test('newest first, or nearest deadline first, and equal moments keep one order', () => {
  const rows = [rowOf('b', { due_at: at(5) }), rowOf('a'), rowOf('c', { reported_at: '2026-03-05T14:29:00+08:00' })];
  const order = (by) => pick(rows, { ...START, order: by }).map(({ id }) => id);
  const newest = [...rows].sort((x, y) => Date.parse(y.reported_at) - Date.parse(x.reported_at) || (x.id < y.id ? -1 : 1));
  assert.deepEqual(order('new'), newest.map(({ id }) => id));
  assert.equal(order('due')[0], 'b');
  assert.deepEqual(pick([...rows].reverse(), { ...START }).map(({ id }) => id), order('new'));
});

const OPEN = MAP_STATES.filter((state) => state !== 'closed');
const shownBut = (...states) => MAP_STATES.filter((state) => !states.includes(state));

test('with every state visible the server is asked for the filter as it is', () => {
  assert.deepEqual(drawn({ ...START, q: '灯' }), { query: 'q=%E7%81%AF&queue=open', less: null, hidden: [] });
});

test('a hidden state is left out of the question where a question can say it', () => {
  const without = (change, ...hidden) => drawn({ ...START, queue: '', ...change, shown: shownBut(...hidden) });
  const states = (change, ...hidden) => new URLSearchParams(without(change, ...hidden).query).get('state');
  assert.equal(states({ states: ['closed', 'accepted'] }, 'accepted'), 'closed');
  assert.equal(states({ since: '2026-03-01' }, 'closed', 'accepted'), shownBut('closed', 'accepted').join());
  assert.equal(states({ counted: 'reported' }, 'closed'), STATES.filter((state) => state !== 'closed').join());
  assert.equal(states({ queue: 'open' }, 'reported'), shownBut('reported').join());
  assert.equal(states({}, 'closed'), OPEN.join());
  assert.equal(without({ states: ['accepted'] }, 'accepted').query, null);
  assert.equal(without({}, ...MAP_STATES).query, null);
});

test('what is hidden among all that lives is asked for too, to be taken away', () => {
  assert.deepEqual(drawn({ ...START, queue: '', area: 'A', shown: shownBut('reported', 'accepted') }), {
    query: 'area=A', less: 'state=reported%2Caccepted&area=A', hidden: ['reported', 'accepted'],
  });
});
