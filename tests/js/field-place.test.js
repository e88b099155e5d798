import assert from 'node:assert/strict';
import test from 'node:test';
import { createPlace } from '../../static/field/place.js';

/** A receiver that says what it is told to say. */
function receiver() {
  const fake = {
    running: 0,
    watchPosition(found, failed, options) {
      Object.assign(fake, { found, failed, options });
      fake.running += 1;
      return fake.running;
    },
    clearWatch() { fake.running -= 1; },
    says: (longitude, latitude, accuracy) => fake.found({ coords: { longitude, latitude, accuracy } }),
  };
  return fake;
}

function started(t, more = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const gps = receiver();
  const place = createPlace({ geolocation: gps, now: () => 1000, ...more });
  place.start();
  return { gps, place };
}

test('a good fix is taken and the receiver switched off', (t) => {
  const { gps, place } = started(t);
  gps.says(105.1, 31.2, 8.04);
  assert.deepEqual(place.current(), { lon: 105.1, lat: 31.2, accuracy_m: 8, method: 'gps', datum: 'wgs84', at: 1000 });
  assert.equal(place.status(), 'found');
  assert.equal(gps.running, 0);
});

test('high accuracy is asked for, with ten seconds of patience', (t) => {
  const { gps } = started(t);
  assert.equal(gps.options.enableHighAccuracy, true);
  assert.equal(gps.options.timeout, 10000);
});

test('a rough fix is kept while a better one is sought', (t) => {
  const { gps, place } = started(t);
  gps.says(105, 31, 80);
  assert.equal(place.status(), 'seeking');
  gps.says(106, 31, 90);
  assert.equal(place.current().lon, 105, 'a worse one changes nothing');
  gps.says(107, 31, 20);
  assert.equal(place.current().lon, 107);
});

test('after ten seconds the best so far stands', (t) => {
  const { gps, place } = started(t);
  gps.says(105, 31, 80);
  t.mock.timers.tick(10000);
  assert.equal(place.status(), 'found');
  assert.equal(place.current().accuracy_m, 80);
  assert.equal(gps.running, 0);
});

test('without any fix it says so after ten seconds', (t) => {
  const { place } = started(t);
  t.mock.timers.tick(10000);
  assert.equal(place.status(), 'late');
  assert.equal(place.current(), null);
});

test('leaving switches the receiver off and keeps what it found', (t) => {
  const { gps, place } = started(t);
  place.stop();
  assert.deepEqual([gps.running, place.status()], [0, 'idle']);
  place.refresh();
  gps.says(105, 31, 80);
  place.stop();
  assert.deepEqual([gps.running, place.status(), place.current().lon], [0, 'found', 105]);
  t.mock.timers.tick(10000);
  assert.equal(place.status(), 'found');
});

test('a rough fix is worth another search, which only betters it', (t) => {
  const { gps, place } = started(t);
  gps.says(105, 31, 80);
  t.mock.timers.tick(10000);
  place.refresh();
  assert.equal(place.status(), 'seeking');
  gps.says(106, 31, 90);
  assert.equal(place.current().lon, 105);
  gps.says(107, 31, 12);
  assert.equal(place.current().lon, 107);
});

test('a refusal by the person is told apart', (t) => {
  const { gps, place } = started(t);
  gps.failed({ code: 1 });
  assert.equal(place.status(), 'denied');
});

test('a browser without a receiver is no error', () => {
  const place = createPlace({ geolocation: undefined });
  place.start();
  assert.equal(place.status(), 'none');
});

test('a pin beats the receiver, is WGS84 and has no accuracy', (t) => {
  const { gps, place } = started(t, { datum: 'gcj02' });
  gps.says(105, 31, 8);
  assert.equal(place.current().datum, 'gcj02');
  place.pin(105.5, 31.5);
  assert.deepEqual(place.current(), { lon: 105.5, lat: 31.5, accuracy_m: null, method: 'manual', datum: 'wgs84', at: 1000 });
  place.unpin();
  assert.equal(place.current().lon, 105);
});

test('an old fix stands until the new search finds something', (t) => {
  let now = 0;
  const { gps, place } = started(t, { now: () => now });
  gps.says(105, 31, 5);
  now = 31000;
  place.refresh();
  assert.equal(place.status(), 'seeking');
  assert.equal(place.current().lon, 105);
  gps.says(106, 31, 12);
  assert.equal(place.current().lon, 106, 'though it is less exact, it is here and now');
});

test('a fresh fix is not sought again', (t) => {
  const { gps, place } = started(t);
  gps.says(105, 31, 5);
  place.refresh();
  assert.equal(place.status(), 'found');
});

test('a rough position is from the network, not from satellites', (t) => {
  const { gps, place } = started(t);
  gps.says(105, 31, 1500);
  assert.equal(place.current().method, 'network');
});
