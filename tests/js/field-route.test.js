import assert from 'node:assert/strict';
import test from 'node:test';
import { candidates, createRouter } from '../../static/field/route.js';
import { labelSpot } from '../../static/field/labelspot.js';

const area = (code, own, share) => ({ code, name: code, own, share });
const said = (found) => ({ route: { area: { code: 'B', name: 'B' }, candidates: found } });
const POINT = { lon: 105, lat: 31, accuracy_m: 8, datum: 'wgs84' };

test('the own grid is asked first, then the likeliest, three at most', () => {
  const found = [area('A', false, 0.1), area('B', false, 0.5), area('C', true, 0.2), area('D', false, 0.2)];
  assert.deepEqual(candidates(said(found)).map(({ code }) => code), ['C', 'B', 'D']);
});

test('one candidate is no question', () => {
  assert.deepEqual(candidates(said([area('A', true, 1)])), []);
  assert.deepEqual(candidates(null), []);
});

test('the first is taken already, a press changes it, and it lasts while it is on offer', async () => {
  let answer = said([area('A', true, 0.4), area('B', false, 0.6)]);
  const router = createRouter({ get: async () => answer, url: '/route' });
  await router.ask(POINT);
  assert.equal(router.choice(), 'A');
  router.choose('B');
  assert.equal(router.choice(), 'B');
  answer = said([area('A', true, 0.4), area('C', false, 0.6)]);
  await router.ask({ ...POINT, lon: 105.1 });
  assert.equal(router.choice(), 'A');
});

test('only the answer to the latest question counts', async () => {
  const waiting = [];
  const router = createRouter({ get: (url) => new Promise((resolve) => { waiting.push({ url, resolve }); }), url: '/route' });
  const first = router.ask(POINT);
  const second = router.ask({ ...POINT, lon: 106 });
  waiting[1].resolve('new');
  await second;
  waiting[0].resolve('old');
  await first;
  assert.equal(router.answer(), 'new');
});

test('the question carries place, accuracy and datum; a pin has no accuracy', async () => {
  const urls = [];
  const router = createRouter({ get: async (url) => { urls.push(url); return said([]); }, url: '/route' });
  await router.ask(POINT);
  await router.ask(POINT);
  await router.ask({ ...POINT, accuracy_m: null });
  assert.deepEqual(urls, ['/route?lon=105&lat=31&accuracy_m=8&datum=wgs84', '/route?lon=105&lat=31&datum=wgs84']);
});

test('after a cut line the next change asks again', async () => {
  let calls = 0;
  const router = createRouter({ get: async () => { calls += 1; throw new Error('cut'); }, url: '/route' });
  await router.ask(POINT);
  assert.equal(router.answer(), null);
  await router.ask(POINT);
  assert.equal(calls, 2);
});

test('a name is written inside its grid and inside the view', () => {
  const square = (x, y, side) => [[x, y], [x + side, y], [x + side, y + side], [x, y + side]];
  const [x] = labelSpot([square(180, -1000, 5000)], 360, 360);
  assert.ok(x > 180 && x < 360, 'only its right part is in view');
  assert.equal(labelSpot([square(500, 500, 50)], 360, 360), null);
});

test('a name is not written under the pin', () => {
  const [x, y] = labelSpot([[[0, 0], [360, 0], [360, 360], [0, 360]]], 360, 360);
  assert.equal(x, 180);
  assert.ok(y >= 180 + 28, `${y}`);
});

test('a name is not written into a hole', () => {
  const outer = [[0, 0], [360, 0], [360, 360], [0, 360]];
  const hole = [[35, 35], [325, 35], [325, 325], [35, 325]];
  const [x, y] = labelSpot([outer, hole], 360, 360);
  assert.ok(x < 35 || x > 325 || y < 35 || y > 325);
});
