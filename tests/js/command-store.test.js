/** The store of the desk: any mix of snapshot, stream and polling ends in the server's truth. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../static/command/store.js';

const rowOf = (id, version = 1, more = {}) => ({ id, version, state: 'reported', closed_at: null, ...more });
const put = (sequence, row) => ({ event: 'put', sequence, row });
const drop = (sequence, id) => ({ event: 'drop', sequence, id });

function storeWith(sequence, ...incidents) {
  const store = new Store();
  store.replace({ sequence, incidents });
  return store;
}

test('an event that came before is not applied again', () => {
  const store = storeWith(4);
  assert.notEqual(store.apply(put(5, rowOf('a'))), null);
  assert.equal(store.apply(put(5, rowOf('a', 9))), null);
  assert.equal(store.get('a').version, 1);
});

test('a row never gives way to an older version, but the event counts as heard', () => {
  const store = storeWith(4, rowOf('a', 3));
  assert.equal(store.apply(put(5, rowOf('a', 2))), null);
  assert.equal(store.get('a').version, 3);
  assert.equal(store.sequence, 5);
});

test('an equal version replaces, because an arriving photo changes only the row', () => {
  const store = storeWith(4, rowOf('a', 1, { photos: 0 }));
  store.apply(put(5, rowOf('a', 1, { photos: 1 })));
  assert.equal(store.get('a').photos, 1);
});

test('an incident that left the territory is dropped, one never known changes nothing', () => {
  const store = storeWith(4, rowOf('a'));
  assert.equal(store.apply(drop(5, 'a')).after, null);
  assert.equal(store.apply(drop(6, 'b')), null);
  assert.deepEqual(store.rows(), []);
});

test('what becomes void leaves, and comes back when it is restored', () => {
  const store = storeWith(4, rowOf('a'));
  const gone = store.apply(put(5, rowOf('a', 2, { state: 'void' })));
  assert.deepEqual([gone.before.version, gone.after, store.rows()], [1, null, []]);
  assert.equal(store.apply(put(6, rowOf('b', 2, { state: 'void' }))), null);
  assert.equal(store.apply(put(7, rowOf('a', 3))).after.version, 3);
});

test('the answer to a deed is taken without moving the place in the log', () => {
  const store = storeWith(4, rowOf('a', 1));
  store.freshen(rowOf('a', 2));
  assert.equal(store.sequence, 4);
  assert.equal(store.apply(put(5, rowOf('a', 1))), null);
  assert.equal(store.get('a').version, 2);
});

test('an answer that comes after the incident has left does not bring it back', () => {
  const store = storeWith(4, rowOf('a', 1));
  store.apply(drop(5, 'a'));
  assert.equal(store.freshen(rowOf('a', 2)), null);
  assert.deepEqual(store.rows(), []);
});

test('what closed before the window is forgotten, open ones never', () => {
  const closed = (at) => ({ state: 'closed', closed_at: new Date(at).toISOString() });
  const store = storeWith(4, rowOf('old', 2, closed(1000)), rowOf('late', 2, closed(9000)), rowOf('open'));
  assert.deepEqual(store.forgetClosed(5000).map(({ id }) => id), ['old']);
  assert.deepEqual(store.rows().map(({ id }) => id).sort(), ['late', 'open']);
});

// -- the equation: old snapshot + events = fresh snapshot ------------------------------------------

/** A small server: a log of events over incidents that come, change, leave and return. */
class Town {
  constructor(random) {
    this.random = random;
    this.rows = new Map();
    this.gone = new Map();
    this.log = [];
    this.made = 0;
  }

  act() {
    const known = Array.from(this.rows.values());
    const dice = this.random();
    if (dice < 0.35 || known.length === 0) this.put(rowOf(`i${this.made += 1}`));
    else if (dice < 0.8) this.change(this.any(known));
    else if (dice < 0.92 || this.gone.size === 0) this.leave(this.any(known));
    else this.comeBack(this.any(Array.from(this.gone.values())));
  }

  any(list) { return list[Math.floor(this.random() * list.length)]; }

  put(row) {
    this.rows.set(row.id, row);
    this.log.push({ event: 'put', id: row.id });
  }

  change(row) { this.put({ ...row, version: row.version + 1, state: this.any(['accepted', 'in_progress', 'closed']) }); }

  leave(row) {
    this.rows.delete(row.id);
    this.gone.set(row.id, row);
    this.log.push({ event: 'drop', id: row.id });
  }

  comeBack(row) {
    this.gone.delete(row.id);
    this.put({ ...row, version: row.version + 1 });
  }

  snapshot() { return { sequence: this.log.length, incidents: Array.from(this.rows.values()) }; }

  /** Like the real feed, each event carries the incident as it is now, not as it was then. */
  after(sequence) {
    return this.log.slice(sequence).map(({ event, id }, index) => {
      const now = this.rows.get(id);
      const number = sequence + index + 1;
      return event === 'put' && now ? put(number, now) : drop(number, id);
    });
  }
}

/** A repeatable stream of numbers in [0, 1), so that a failure can be run again. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const byId = (rows) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`old snapshot + events, late, doubled and overlapping = fresh snapshot (seed ${seed})`, () => {
    const random = seeded(seed);
    const town = new Town(random);
    for (let i = 0; i < 40; i += 1) town.act();
    const store = storeWith(0);
    store.replace(town.snapshot());
    const kept = [];     // answers still under way: they arrive later, when others came already
    for (let round = 0; round < 60; round += 1) {
      for (let i = 0; i < random() * 6; i += 1) town.act();
      kept.push(town.after(store.sequence));
      if (random() < 0.4 && town.rows.size) store.freshen(town.any(Array.from(town.rows.values())));
      if (random() < 0.5) kept.push(town.after(store.sequence));
      if (random() < 0.6) kept.splice(Math.floor(random() * kept.length), 1)[0].forEach((event) => store.apply(event));
    }
    town.after(store.sequence).forEach((event) => store.apply(event));
    kept.flat().forEach((event) => store.apply(event));
    assert.deepEqual(byId(store.rows()), byId(town.snapshot().incidents));
    assert.equal(store.sequence, town.log.length);
  });
}
