import assert from 'node:assert/strict';
import test from 'node:test';
import { distanceM, nearness } from '../../static/field/distance.js';
import { createSimilar } from '../../static/field/similar.js';
import { createStanding } from '../../static/field/standing.js';
import { askedOf, taskGroups } from '../../static/field/tasks.js';

const LAMP = { code: 'lamp' };
const AT = { lon: 105.002, lat: 31.002, datum: 'wgs84' };

/** A server that answers when told. */
function server() {
  const asked = [];
  const get = (url) => new Promise((resolve, reject) => asked.push({ url, resolve, reject }));
  return { asked, similar: createSimilar({ get, url: '/similar' }) };
}
const settle = () => new Promise((resolve) => { setTimeout(resolve); });

test('one question for a category and a place, however often it is drawn', async () => {
  const { asked, similar } = server();
  similar.ask(LAMP, AT);
  similar.ask(LAMP, { ...AT, lon: AT.lon + 1e-6 });
  assert.deepEqual(asked.map(({ url }) => url), ['/similar?category=lamp&lon=105.002&lat=31.002&datum=wgs84']);
});

test('without a category or a place nothing is asked', () => {
  const { asked, similar } = server();
  similar.ask(null, AT);
  similar.ask(LAMP, null);
  assert.deepEqual(asked, []);
});

test('only the answer to the latest question counts', async () => {
  const { asked, similar } = server();
  similar.ask(LAMP, AT);
  similar.ask({ code: 'cover' }, AT);
  asked[1].resolve({ items: [{ id: 'cover' }], elsewhere: 0 });
  asked[0].resolve({ items: [{ id: 'lamp' }], elsewhere: 0 });
  await settle();
  assert.equal(similar.answer().items[0].id, 'cover');
});

test('nothing nearby, or no network, is no hint', async () => {
  const { asked, similar } = server();
  similar.ask(LAMP, AT);
  asked[0].resolve({ items: [], elsewhere: 0 });
  await settle();
  assert.equal(similar.answer(), null);
  similar.ask({ code: 'cover' }, AT);
  asked[1].reject(new Error('cut'));
  await settle();
  assert.equal(similar.answer(), null);
});

test('what people have answered is not asked again for this report', async () => {
  const { asked, similar } = server();
  similar.ask(LAMP, AT);
  asked[0].resolve({ items: [{ id: 'a' }], elsewhere: 0 });
  await settle();
  similar.dismiss();
  assert.equal(similar.answer(), null);
  similar.reset();
  similar.ask(LAMP, AT);
  assert.equal(asked.length, 2);
});

test('a thousandth of a degree north is 111 m', () => {
  assert.ok(Math.abs(distanceM(AT, { ...AT, lat: AT.lat + 0.001 }) - 111.2) < 0.1);
  assert.equal(distanceM(AT, AT), 0);
});

test('east is shorter than north by the cosine of the latitude', () => {
  const east = distanceM(AT, { ...AT, lon: AT.lon + 0.001 });
  assert.ok(Math.abs(east - 111.195 * Math.cos(31.002 * Math.PI / 180)) < 0.1);
});

test('far is beyond a hundred metres and what the receiver is unsure of', () => {
  assert.deepEqual([nearness(100), nearness(101), nearness(140, 50)], ['here', 'far', 'here']);
});

/** A receiver that is told where it is. */
function receiver() {
  const calls = {};
  return {
    calls,
    geolocation: {
      watchPosition(take, refuse) { Object.assign(calls, { take, refuse }); return 7; },
      clearWatch(watch) { calls.cleared = watch; },
    },
  };
}
const reading = (lat) => ({ coords: { longitude: AT.lon, latitude: lat, accuracy: 5.04 } });

test('walking up to the spot is followed, and the last reading is what counts', async () => {
  const { calls, geolocation } = receiver();
  const told = [];
  const standing = createStanding({ geolocation, spot: AT, moved: ({ metres }) => told.push(Math.round(metres)) });
  const first = standing.locate();
  calls.take(reading(AT.lat + 0.002));
  calls.take(reading(AT.lat));
  assert.deepEqual(told, [222, 0]);
  assert.equal((await first).lat, AT.lat + 0.002);
  assert.deepEqual(standing.latest(), { lon: AT.lon, lat: AT.lat, accuracy_m: 5, datum: 'wgs84' });
  standing.stop();
  assert.equal(calls.cleared, 7);
});

test('no permission, or no receiver, is said', async () => {
  const { calls, geolocation } = receiver();
  const standing = createStanding({ geolocation, spot: AT, moved() {} });
  const sought = standing.locate();
  calls.refuse({ code: 1 });
  await assert.rejects(sought);
  await assert.rejects(createStanding({ geolocation: undefined, spot: AT, moved() {} }).locate());
});

test('a position in another datum is sent but not measured here', () => {
  const { calls, geolocation } = receiver();
  const told = [];
  createStanding({ geolocation, datum: 'gcj02', spot: AT, moved: ({ metres }) => told.push(metres) });
  calls.take(reading(AT.lat));
  assert.deepEqual(told, [null]);
});

test('tasks come in three groups, empty ones are left out', () => {
  const rows = [{ id: 1, asks: 'sign' }, { id: 2, asks: '', handled: false }, { id: 3, asks: '', handled: true }];
  const say = (key) => key;
  assert.deepEqual(taskGroups(rows, say).map(({ title, rows: [row] }) => [title, row.id]), [
    ['tasks.asked', 1], ['tasks.ground', 2], ['tasks.handled', 3],
  ]);
  assert.deepEqual(taskGroups(rows.slice(2), say).length, 1);
  assert.equal(askedOf(rows), 1);
});
