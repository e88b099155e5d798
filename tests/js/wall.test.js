/** The wall and the figures: what the address says, drawings of numbers, links to what is counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisTop, points, shareOf } from '../../static/figures/graph.js';
import { deskLink, ratesLink, zoomOf } from '../../static/figures/links.js';
import { projection, shade } from '../../static/figures/outline.js';
import { nextArea, readSetting } from '../../static/wall/setting.js';
import { readHash } from '../../static/command/hash.js';

test('an address without anything is one screen that turns every 20 s', () => {
  assert.deepEqual(readSetting(''), { columns: 1, rows: 1, seconds: 20, area: '' });
});

test('the address sets screens, pace and area; nonsense is the usual', () => {
  assert.deepEqual(readSetting('?tiles=3x2&seconds=60&area=A'), { columns: 3, rows: 2, seconds: 60, area: 'A' });
  assert.deepEqual(readSetting('?tiles=9x9&seconds=x'), { columns: 1, rows: 1, seconds: 20, area: '' });
  assert.deepEqual(['0', '1', '99999', '-3'].map((s) => readSetting(`seconds=${s}`).seconds), [0, 5, 3600, 20]);
});

test('areas come in turn, and an area that is gone is followed by the first', () => {
  assert.deepEqual(['', 'A', 'B', 'gone'].map((area) => nextArea(['', 'A', 'B'], area)), ['A', 'B', '', '']);
});

test('a line runs from edge to edge, the largest value at the top', () => {
  assert.equal(points([0, 2, 4], 100, 10), '0,10 50,5 100,0');
  assert.equal(points([3], 100, 10), '50,0');
  assert.equal(points([0, 0], 100, 10), '0,10 100,10');
});

test('an axis ends at a round number that no value passes', () => {
  assert.deepEqual([[], [0], [3], [7], [12], [100], [101]].map(axisTop), [1, 1, 5, 10, 20, 100, 200]);
});

test('shades are nothing for nothing, the deepest for the most', () => {
  assert.deepEqual([0, 1, 50, 100].map((n) => shade(n, 100)), [0, 1, 3, 5]);
  assert.equal(shareOf(1, []), 100);
});

test('outlines keep their shape at their latitude', () => {
  const { height, place } = projection([105, 30, 106, 31]);
  const [x, y] = place([106, 30]);
  assert.equal(Math.round(x), 1000);
  assert.equal(Math.round(y), Math.round(height));
  assert.ok(height > 1100 && height < 1200);   // a degree north is longer than one east
});

test('a figure leads to the desk with the filter that counts the same', () => {
  const link = deskLink('/command/', [105, 31, 105.012, 31.004], { area: 'A', queue: 'near', category: '' });
  const { query, zoom } = readHash(link.slice(link.indexOf('#')));
  assert.equal(query, 'area=A&queue=near');
  assert.equal(zoom, 16);
  assert.equal(zoomOf([73, 18, 135, 54]), 9);
});

test('a rate leads to the rates of the same days and area', () => {
  const period = { from: '2026-03-01', to: '2026-03-05' };
  assert.equal(ratesLink('/rates/', period, '', 'closing'), '/rates/?from=2026-03-01&to=2026-03-05&show=closing');
});
