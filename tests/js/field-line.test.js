import assert from 'node:assert/strict';
import test from 'node:test';
import { heads, next, rebased, wakeAt } from '../../static/field/line.js';

const item = (order, more = {}) => ({ order, id: `${order}`, state: 'waiting', tries: 0, next_at: 0, ...more });
const deed = (order, incident, seen, more = {}) => item(order, { deed: 'answer', incident, body: JSON.stringify({ seen_version: seen }), ...more });
const ids = (items) => items.map(({ id }) => id);
const calm = { at: 0, rush: false, tried: new Set() };

test('the oldest goes first and nobody passes it while it waits', () => {
  assert.deepEqual(ids(heads([item(1, { next_at: 9 }), item(2)], 0)), ['1']);
  assert.equal(next([item(1, { next_at: 9 }), item(2)], calm), null);
});

test('what needs a person lets the others pass, but not its own incident\'s', () => {
  const items = [deed(1, 'i', 3, { state: 'conflict' }), deed(2, 'i', 3), deed(3, 'j', 3)];
  assert.equal(next(items, calm).id, '3');
});

test('a deed waits behind the report of its incident', () => {
  assert.equal(next([item(1, { id: 'i', state: 'stuck' }), deed(2, 'i', 1)], calm), null);
});

test('a deed that has arrived but for a photo stands in nobody\'s way once it needs a person', () => {
  const items = [deed(1, 'i', 3, { state: 'stuck', delivered: true }), deed(2, 'i', 4)];
  assert.equal(next(items, calm).id, '2');
});

test('what may still be undone lets others pass, and wakes the queue in time', () => {
  const items = [deed(1, 'i', 3, { held_until: 50 }), item(2, { next_at: 70 }), deed(3, 'i', 3)];
  assert.deepEqual(ids(heads(items, 0)), ['1', '2']);
  assert.equal(wakeAt(items, 0), 50);
  assert.equal(wakeAt([], 0), null);
});

test('deeds made on one look stand on each other: the next goes on the version that the first made', () => {
  const first = deed(1, 'i', 3);
  const items = [first, deed(2, 'i', 3), deed(3, 'j', 3), deed(4, 'i', 2)];
  const behind = rebased(items, first, { incident: { version: 4 } });
  assert.deepEqual(behind.map(({ id, body }) => [id, JSON.parse(body).seen_version]), [['2', 4]]);
});

test('what somebody else did in between is not taken for our own doing', () => {
  const first = deed(1, 'i', 3);
  const [second] = rebased([first, deed(2, 'i', 3)], first, { incident: { version: 7 } });
  assert.equal(JSON.parse(second.body).seen_version, 4, 'the server will say stale');
});

test('a deed that changed no version moves nobody', () => {
  const first = deed(1, 'i', 3);
  assert.deepEqual(rebased([first, deed(2, 'i', 3)], first, { incident: { version: 3 } }), []);
  assert.deepEqual(rebased([first, deed(2, 'i', 3)], first, { incident: null }), []);
});

test('who failed forty times is passed after three hours, not after a busy quarter of an hour', () => {
  const made = Date.parse('2026-03-05T08:00:00Z');
  const queue = [item(1, { tries: 60, made_at: new Date(made).toISOString() }), item(2)];
  const after = (minutes) => next(queue, { at: made + minutes * 60000, rush: true, tried: new Set(['1']) });
  assert.equal(after(15), null);
  assert.equal(after(181).id, '2');
});
