/** What is listed, what is counted: a figure and the list behind it always agree. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOfDay } from '../../static/command/clock.js';
import { countFigures, FIGURES, passes, pick, START } from '../../static/command/filter.js';

const NOW = new Date(2026, 2, 5, 14, 30).getTime();
const MINUTE = 60000;
const at = (minutes) => new Date(NOW + minutes * MINUTE).toISOString();

const rowOf = (id, more = {}) => ({
  id, number: `2026-${id}`, state: 'reported', category_name: '路灯损坏', area: 'A1', area_name: '第1网格',
  words: '', reported_at: at(-60), due_at: at(600), closed_at: null, ...more,
});

const ROWS = [
  rowOf('calm'),
  rowOf('near', { due_at: at(20), state: 'accepted' }),
  rowOf('over', { due_at: at(-1), state: 'in_progress', reported_at: at(-3000) }),
  rowOf('lost', { area: null, area_name: '' }),
  rowOf('done', { state: 'closed', closed_at: at(-5), due_at: at(-50) }),
  rowOf('yesterday', { state: 'closed', closed_at: at(-1000), reported_at: at(-1400) }),
];
const idsOf = (change) => pick(ROWS, { ...START, ...change }, NOW).map(({ id }) => id).sort();

test('every figure equals the length of the list behind it', () => {
  const counts = countFigures(ROWS, NOW);
  assert.deepEqual(counts, { open: 4, today: 4, near: 1, over: 1, unrouted: 1, closed: 1 });
  Object.keys(FIGURES).forEach((figure) => assert.equal(idsOf({ figure }).length, counts[figure], figure));
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

test('states, areas and text narrow together', () => {
  assert.deepEqual(idsOf({ states: ['accepted', 'in_progress'] }), ['near', 'over']);
  assert.deepEqual(idsOf({ areas: new Set(['B1']) }), []);
  assert.deepEqual(idsOf({ areas: new Set(['A1']) }), ['calm', 'near', 'over']);
  assert.deepEqual(idsOf({ areas: new Set(['A1']), states: ['accepted'], text: 'near' }), ['near']);
});

test('text is found in number, category, grid and words, whatever the case', () => {
  const row = rowOf('a', { words: 'By the NORTH gate' });
  const found = (text) => passes(row, { ...START, text }, NOW);
  ['2026-a', '路灯', '第1', 'north GATE', '  路灯 ', ''].forEach((text) => assert.equal(found(text), true, text));
  assert.equal(found('井盖'), false);
});

test('newest first, or nearest deadline first, and equal moments keep one order', () => {
  const rows = [rowOf('b', { due_at: at(5) }), rowOf('a'), rowOf('c', { reported_at: '2026-03-05T14:29:00+08:00' })];
  const order = (by) => pick(rows, { ...START, order: by }, NOW).map(({ id }) => id);
  const newest = [...rows].sort((x, y) => Date.parse(y.reported_at) - Date.parse(x.reported_at) || (x.id < y.id ? -1 : 1));
  assert.deepEqual(order('new'), newest.map(({ id }) => id));
  assert.equal(order('due')[0], 'b');
  assert.deepEqual(pick([...rows].reverse(), { ...START }, NOW).map(({ id }) => id), order('new'));
});
