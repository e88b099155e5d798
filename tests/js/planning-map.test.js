/** Classes, order and geometry of the planner's map. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classesOf, classOf, FARTHER, indexClass, NO_STREET, tally } from '../../static/planning/classes.js';
import { asCircle } from '../../static/planning/paint.js';
import { pressed, sorted } from '../../static/planning/sort.js';
import { pieces, worldX, worldY } from '../../static/planning/world.js';

test('a class ends with its minute', () => {
  assert.deepEqual([0, 300, 301, 900, 901, 3600, 3601, -1].map(classOf), [0, 0, 1, 2, 3, 5, FARTHER, FARTHER]);
});

test('all kinds within reach is the best class, none the worst', () => {
  assert.deepEqual([8, 4, 0].map((count) => indexClass(count, 8)), [0, 3, FARTHER]);
});

test('people are counted by class, without a street apart', () => {
  const cells = { verdict: 'cgn', seconds: [200, 1000, -1] };
  const classes = classesOf(cells, 1);
  assert.deepEqual(Array.from(classes), [0, 3, NO_STREET]);
  assert.deepEqual(tally(classes, [5, 7, 2]), [5, 0, 0, 7, 0, 0, 0, 2]);
});

test('a map of circles knows no river', () => {
  const shown = asCircle({ verdict: 'gg', straight_m: [900, 1100], hidden: [1, 0] }, 1000);
  assert.equal(shown.verdict, 'cg');
  assert.equal(shown.hidden, null);
});

const row = (code, people, gap, more = {}) => ({ code, name: code, level: 'grid', people, gap, covered: people - gap, no_street: 0, ...more });

test('the worst comes first, by people or by share, and equals by code', () => {
  const rows = [row('b', 10, 5), row('a', 10, 5), row('c', 100, 20), row('d', 1, 1, { level: 'community' })];
  const by = (name, down) => sorted(rows, 'grid', { by: name, down }).map(({ code }) => code);
  assert.deepEqual(by('gap', true), ['c', 'a', 'b']);
  assert.deepEqual(by('share', true), ['a', 'b', 'c']);
  assert.deepEqual(by('people', false), ['a', 'b', 'c']);
});

test('a press on a column sorts by it, a second one turns it round', () => {
  const first = pressed({ by: 'gap', down: true }, 'people');
  assert.deepEqual(first, { by: 'people', down: true });
  assert.deepEqual(pressed(first, 'people'), { by: 'people', down: false });
  assert.deepEqual(pressed(first, 'name'), { by: 'name', down: false });
});

test('a street is cut into short pieces, each with the time by its nearer end', () => {
  const told = { points: [0, 0, 1000, 0], counts: [2], metres: [120], seconds: [[0], [60]] };
  const cut = pieces(told, 1.2);
  assert.equal(cut.at.length, 3);
  assert.deepEqual(Array.from(cut.at, (value) => Math.round(value)), [17, 50, 77]);
  assert.ok(Math.abs(cut.x[0] - worldX(0)) < 1e-12 && Math.abs(cut.x[5] - worldX(0.001)) < 1e-12);
});

test('a street that nothing reaches has no time, and times may be missing altogether', () => {
  const told = { points: [0, 0, 100, 0], counts: [2], metres: [12], seconds: [[-1], [-1]] };
  assert.deepEqual(Array.from(pieces(told, 1.2).at), [-1]);
  assert.equal(pieces({ ...told, seconds: null }, 1.2).at, null);
});

test('the world is Mercator', () => {
  assert.deepEqual([worldX(-180), worldX(180), worldY(0)], [0, 1, 0.5]);
  assert.ok(Math.abs(worldY(85.0511287798) - 0) < 1e-9);
});
