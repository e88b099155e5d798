/** The pure parts around the map: the URL's view, what lies under the pointer, badges, shapes of states. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { badgesOf, binned, rowOf, short, steps, without } from '../../static/command/clusters.js';
import { readHash, writeHash } from '../../static/command/hash.js';
import { holds, nearest } from '../../static/command/rings.js';
import { isOpen, lookOf, MAP_STATES, pathOf, STATES } from '../../static/shared/states.js';

test('what is written into the URL is read back, to a pixel of that zoom', () => {
  const view = { zoom: 16, lat: 31.0123456, lon: 105.9876543, selected: 'area:网格/1' };
  const read = readHash(writeHash(view));
  const pixel = 360 / (256 * 2 ** view.zoom);
  assert.ok(Math.abs(read.lat - view.lat) < pixel && Math.abs(read.lon - view.lon) < pixel);
  assert.deepEqual([read.zoom, read.selected], [16, 'area:网格/1']);
});

test('a view without a selection has three parts', () => {
  assert.match(writeHash({ zoom: 14, lat: 31, lon: 105, selected: null }), /^#14\/31\.0+\/105\.0+$/);
});

test('a URL that makes no sense is no view', () => {
  ['', '#', '#list', '#14', '#14/31', '#14//105', '#a/b/c', '#14/91/0', '#14/0/181', '#99/0/0', '#-1/0/0', '#14/NaN/0']
    .forEach((hash) => assert.equal(readHash(hash), null, hash));
});

test('a half-copied selection still shows the place', () => {
  assert.deepEqual(readHash('#14/31/105/area%3A%E7'), { zoom: 14, lat: 31, lon: 105, selected: null, query: null });
});

test('the filter rides behind a question mark, whatever signs it holds', () => {
  const view = { zoom: 14, lat: 31, lon: 105, selected: 'area:A/1', query: 'q=a%3Fb%2F%23' };
  assert.deepEqual(readHash(writeHash(view)), view);
  assert.equal(readHash(writeHash({ ...view, query: '' })).query, '');
  assert.equal(readHash(writeHash({ ...view, query: null })).query, null);
});

const square = (x, y, side) => [{ x, y }, { x: x + side, y }, { x: x + side, y: y + side }, { x, y: y + side }];

test('a point in a ring is inside, one in its hole is not, nor one beside', () => {
  const rings = [square(0, 0, 9), square(3, 3, 3)];
  assert.deepEqual([[1, 1], [4, 4], [10, 1], [8, 8]].map(([x, y]) => holds(rings, { x, y })), [true, false, false, true]);
});

test('of two neighbours exactly one holds a point on their border', () => {
  const sides = [square(0, 0, 4), square(4, 0, 4)].map((ring) => holds([ring], { x: 4, y: 2 }));
  assert.equal(sides.filter(Boolean).length, 1);
});

test('the nearest thing within its reach is meant', () => {
  const things = [{ x: 0, y: 0, reach: 5 }, { x: 8, y: 0, reach: 5 }];
  assert.equal(nearest(things, { x: 5, y: 0 }), things[1]);
  assert.equal(nearest(things, { x: 0, y: 9 }), null);
});

const bin = (number, count, x, y) => ({ props: { bin: number, count }, geom: [[{ x, y }]] });

test('badges join bins, keep every incident, and stand whole in their tile', () => {
  const badges = badgesOf([bin(0, 3, 2, 2), bin(1, 1, 40, 10), bin(17, 4, 50, 50), bin(255, 7, 511, 511)], 512);
  assert.deepEqual(badges.map(({ count }) => count), [8, 7]);
  badges.forEach(({ x, y, reach }) => {
    assert.ok(Math.min(x, y) - reach >= 0 && Math.max(x, y) + reach <= 512);
  });
});

test('a badge stands nearer to where more is', () => {
  const [{ x }] = badgesOf([bin(0, 9, 100, 100), bin(1, 1, 200, 100)], 512);
  assert.equal(x, 110);
});

test('points counted in the browser are those of the tile, each once', () => {
  const points = [{ x: 0, y: 0 }, { x: 31.9, y: 1 }, { x: 511.9, y: 511.9 }, { x: -0.1, y: 9 }, { x: 9, y: 512 }];
  assert.deepEqual(binned(points, 512).map(({ props }) => props), [0, 0, 255].map((each) => ({ bin: each, count: 1 })));
  assert.deepEqual(badgesOf(binned(points, 512), 512).map(({ count }) => count), [2, 1]);
});

test('classes of cells have round bounds that grow, however few or many', () => {
  assert.deepEqual(steps(1200), [1, 100, 200, 500]);
  [0, 1, 3, 7, 60, 987654].map(steps).forEach((bounds) => {
    bounds.slice(1).forEach((bound, index) => assert.ok(bound > bounds[index], bounds));
  });
});

test('a count is short enough for a badge', () => {
  assert.deepEqual([7, 999, 1000, 9949, 9950, 123456].map(short), ['7', '999', '1.0k', '9.9k', '10k', '123k']);
});

test('a point of a tile is a row as far as its marker asks', () => {
  const row = rowOf({ props: { id: 'a', state: 'accepted', category: '路灯', unrouted: true, suspended: false, registered: false, due: 0.5 } });
  assert.equal(row.area, null);
  assert.equal(row.amber_at, null);
  assert.equal(row.due_at, '1970-01-01T00:00:00.500Z');
});

test('no two states share a shape, whatever their colour', () => {
  const shapes = [...STATES, 'none of ours'].map((state) => JSON.stringify(lookOf(state).shape));
  assert.equal(new Set(shapes).size, STATES.length + 1);
});

test('the colour says how far it is, and only what nobody works on is hollow', () => {
  const steps = [['reported', 'pre_check'], ['accepted', 'dispatched'], ['in_progress'], ['answered', 'verifying'], ['closed', 'void']];
  assert.deepEqual(steps.flat(), STATES);
  const colours = steps.map((step) => new Set(step.map((state) => lookOf(state).token)));
  assert.ok(colours.every((tokens) => tokens.size === 1));
  assert.equal(new Set(colours.flatMap((tokens) => [...tokens])).size, steps.length);
  assert.deepEqual(STATES.filter((state) => lookOf(state).hollow), ['pre_check', 'verifying', 'closed']);
});

test('what is void is on no map, and nothing that has ended is open', () => {
  assert.deepEqual(STATES.filter((state) => !MAP_STATES.includes(state)), ['void']);
  assert.deepEqual(STATES.filter((state) => !isOpen({ state })), ['closed', 'void']);
});

test('a shape is a closed path within its radius', () => {
  STATES.forEach((state) => {
    const path = pathOf(state, 10);
    assert.match(path, /^M.+Z$/);
    (lookOf(state).shape || []).forEach(([x, y]) => assert.ok(Math.hypot(x, y) <= 1.3));
  });
});


test('bins without some of what they hold keep the number and the middle of the rest', () => {
  const left = without([bin(1, 5, 10, 20), bin(2, 3, 0, 0), bin(9, 1, 7, 7)], [bin(1, 2, 25, 20), bin(2, 3, 0, 0), bin(4, 1, 1, 1)]);
  assert.deepEqual(left.map(({ props }) => [props.bin, props.count]), [[1, 3], [9, 1]]);
  assert.deepEqual(left[0].geom, [[{ x: 0, y: 20 }]]);    // (5 · 10 − 2 · 25) / 3
});
