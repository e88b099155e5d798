/** The pure parts around the map: the URL's view, a place for a name, the shapes of states. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHash, writeHash } from '../../static/command/hash.js';
import { insidePoint } from '../../static/command/inside.js';
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
  assert.deepEqual(readHash('#14/31/105/area%3A%E7'), { zoom: 14, lat: 31, lon: 105, selected: null });
});

const square = (west, south, side) => [
  [west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south],
];

test('the name of a square stands in its middle', () => {
  assert.deepEqual(insidePoint({ type: 'Polygon', coordinates: [square(0, 0, 2)] }), [1, 1]);
});

test('the name of a horseshoe stands on it, not in its gap', () => {
  const horseshoe = [[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [2, 2], [2, 10], [0, 10], [0, 0]];
  const [lon, lat] = insidePoint({ type: 'Polygon', coordinates: [horseshoe] });
  const inGap = lon > 2 && lon < 8 && lat > 2;
  assert.equal(inGap, false);
  assert.ok(lon > 0 && lon < 10 && lat > 0 && lat < 10);
});

test('the name avoids a hole', () => {
  const [lon, lat] = insidePoint({ type: 'Polygon', coordinates: [square(0, 0, 9), square(3, 3, 3)] });
  assert.ok(!(lon > 3 && lon < 6 && lat > 3 && lat < 6), `${lon}, ${lat}`);
});

test('an area of several pieces is named on its largest', () => {
  const [lon] = insidePoint({ type: 'MultiPolygon', coordinates: [[square(0, 0, 1)], [square(20, 0, 4)]] });
  assert.ok(lon > 20 && lon < 24);
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
