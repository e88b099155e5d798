/** The tree of areas, its counts, classes and levels. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AreaTree, breaksFor, classOf, levelAt } from '../../static/command/tally.js';

const area = (code, level, parent = null) => ({ code, level, parent, name: code });
const TREE = new AreaTree([
  area('A1', 'grid', 'A'), area('A2', 'grid', 'A'), area('B1', 'grid', 'B'),
  area('A', 'community', 'S'), area('B', 'community', 'S'), area('S', 'street'),
]);
const at = (code, state = 'reported') => ({ area: code, state });
const countsOf = (tree, rows) => Object.fromEntries(Array.from(tree.countOpen(rows), ([one, count]) => [one.code, count]));

test('an open incident counts in its grid and in all above it', () => {
  const counts = countsOf(TREE, [at('A1'), at('A1', 'accepted'), at('B1'), at('A2', 'closed'), at(null)]);
  assert.deepEqual(counts, { S: 3, A: 2, B: 1, A1: 2, A2: 0, B1: 1 });
});

test('one that a community holds itself counts there and not in its grids', () => {
  assert.deepEqual(countsOf(TREE, [at('A')]), { S: 1, A: 1, B: 0, A1: 0, A2: 0, B1: 0 });
});

test('an area the reader may not see is no error', () => {
  assert.equal(countsOf(TREE, [at('elsewhere')]).S, 0);
});

test('codes under an area include its own', () => {
  assert.deepEqual([...TREE.codesUnder(TREE.get('A'))].sort(), ['A', 'A1', 'A2']);
});

test('the line up ends at the root', () => {
  assert.deepEqual(TREE.upFrom(TREE.get('B1')).map(({ code }) => code), ['B1', 'B', 'S']);
  assert.deepEqual(TREE.upFrom(null), []);
});

test('a code used on two levels means the deepest, and a parent lies above its child', () => {
  const tree = new AreaTree([area('1', 'district'), area('1', 'street', '1'), area('1', 'grid', '1')]);
  const grid = tree.get('1');
  assert.equal(grid.level, 'grid');
  assert.deepEqual(tree.upFrom(grid).map(({ level }) => level), ['grid', 'street', 'district']);
});

test('a name on the map leaves out that of the area above, unless nothing would be left', () => {
  const named = (code, level, parent, name) => ({ ...area(code, level, parent), name });
  const tree = new AreaTree([
    named('A', 'community', null, '桥南社区'), named('A6', 'grid', 'A', '桥南社区第六网格'), named('A7', 'grid', 'A', '桥南社区'),
  ]);
  assert.deepEqual(tree.areas.map((one) => tree.shortName(one)), ['桥南社区', '第六网格', '桥南社区']);
});

test('fewer, larger areas are drawn from farther away', () => {
  const levels = ['district', 'street', 'community', 'grid'];
  assert.deepEqual([8, 10, 12, 14, 18].map((zoom) => levelAt(zoom, levels)), ['district', 'street', 'community', 'grid', 'grid']);
});

test('a place with one level is drawn with it at every zoom, an empty one with none', () => {
  assert.deepEqual([5, 19].map((zoom) => levelAt(zoom, ['grid'])), ['grid', 'grid']);
  assert.equal(levelAt(14, []), null);
});

test('classes are whole, rising, and the largest count falls into the highest', () => {
  [0, 1, 7, 8, 9, 30, 200, 3000, 90000].forEach((largest) => {
    const breaks = breaksFor(largest);
    assert.deepEqual(breaks, [...breaks].sort((a, b) => a - b));
    assert.equal(classOf(0, breaks), 0);
    if (largest >= breaks[3]) assert.equal(classOf(largest, breaks), 4);
  });
});

test('the class of a count follows its lower bounds', () => {
  assert.deepEqual([0, 1, 4, 5, 9, 10, 99].map((count) => classOf(count, [1, 5, 10, 20])), [0, 1, 1, 2, 2, 3, 4]);
});
