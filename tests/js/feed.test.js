/** The feed: a stream when there is one, asking when there is not, and honest about silence. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { ServerClock } from '../../static/command/clock.js';
import { Store } from '../../static/command/store.js';
import { backOff, Feed, STALE_MS } from '../../static/shared/feed.js';

const START = Date.parse('2026-03-05T06:30:00Z');

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: START });
  mock.method(Math, 'random', () => 0.5);
});
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

/** Let answered promises run on, then move the clock in small steps so that timers fire in order. */
async function pass(ms) {
  await settle();
  for (let left = ms; left > 0; left -= 250) {
    mock.timers.tick(Math.min(250, left));
    await settle();
  }
}

async function settle() {
  for (let i = 0; i < 8; i += 1) await Promise.resolve();
}

class Stream extends EventTarget {
  constructor(after) {
    super();
    this.after = after;
    this.closed = false;
  }

  say(name, data) {
    this.dispatchEvent(Object.assign(new Event(name), { data: JSON.stringify(data) }));
  }

  close() { this.closed = true; }
}

const rowOf = (id, version = 1) => ({ id, version, state: 'reported', closed_at: null });

/** A server with a log, a switch for the network and one for the stream. */
function bench({ up = true, streams = true } = {}) {
  const server = {
    up, streams, status: 0, silent: false, scope: 'mine', log: [], opened: [], asked: [], snapshots: 0,
    at: new Date(START).toISOString(),
  };
  const answer = async (value) => {
    if (server.status) throw Object.assign(new Error('refused'), { status: server.status });
    if (!server.up) throw new Error('no network');
    return value();
  };
  const store = new Store();
  const statuses = [];
  const seen = [];
  const feed = new Feed({
    store,
    clock: new ServerClock(),
    loadSnapshot: () => answer(() => {
      server.snapshots += 1;
      const { scope, at, log } = server;
      return { sequence: log.length, scope, at, incidents: log.map(({ row }) => row) };
    }),
    loadEvents: (after, scope) => answer(() => {
      server.asked.push(after);
      if (server.silent) return new Promise(() => {});
      if (scope !== server.scope) return { resync: true };
      return { sequence: server.log.length, events: server.log.slice(after) };
    }),
    openStream(after) {
      const stream = new Stream(after);
      server.opened.push(stream);
      const works = server.up && server.streams;
      queueMicrotask(() => stream.say(works ? 'beat' : 'error', { sequence: after }));
      return stream;
    },
    onChange: (changes) => seen.push(...(changes || [{ id: 'all' }]).map(({ id }) => id)),
    onStatus: (status) => { if (statuses[statuses.length - 1] !== status) statuses.push(status); },
  });
  server.happen = (id, version = 1) => {
    const event = { event: 'put', sequence: server.log.length + 1, row: rowOf(id, version) };
    server.log.push(event);
    return event;
  };
  server.stream = () => server.opened[server.opened.length - 1];
  return { server, store, feed, statuses, seen, ids: () => store.rows().map(({ id }) => id).sort() };
}

test('after the snapshot the stream opens where the snapshot ends', async () => {
  const { server, feed, statuses, ids } = bench();
  server.happen('a');
  feed.start();
  await settle();
  assert.equal(server.stream().after, 1);
  assert.equal(feed.status, 'live');
  assert.deepEqual(ids(), ['a']);
  assert.deepEqual(statuses, ['asking', 'live']);
  feed.stop();
});

test('events of the stream are applied, and asking ends while it speaks', async () => {
  const { server, feed, ids } = bench();
  feed.start();
  await settle();
  const asked = server.asked.length;
  server.stream().say('put', server.happen('a'));
  await pass(4000);
  assert.deepEqual(ids(), ['a']);
  assert.equal(server.asked.length, asked);
  feed.stop();
});

test('a beat moves the place in the log past what concerned only others', async () => {
  const { server, store, feed } = bench();
  feed.start();
  await settle();
  server.stream().say('beat', { sequence: 40 });
  assert.equal(store.sequence, 40);
  feed.stop();
});

test('where no stream opens, it asks every two seconds and stays fresh', async () => {
  const { server, feed, statuses, ids } = bench({ streams: false });
  feed.start();
  await pass(1000);
  server.happen('a');
  await pass(2250);
  assert.deepEqual(ids(), ['a']);
  await pass(20000);
  assert.equal(feed.status, 'asking');
  assert.ok(!statuses.includes('stale'));
  assert.ok(server.asked.length >= 10 && server.asked.length <= 18, `asked ${server.asked.length} times`);
  feed.stop();
});

test('a cut connection is told within ten seconds', async () => {
  const { server, feed } = bench();
  feed.start();
  await settle();
  server.up = false;
  await pass(STALE_MS - 1000);
  assert.notEqual(feed.status, 'stale');
  await pass(2000);
  assert.equal(feed.status, 'stale');
  assert.ok(STALE_MS + 1000 <= 10000);
  feed.stop();
});

test('after a cut nothing is missing and nothing comes twice', async () => {
  const { server, feed, seen, ids } = bench();
  feed.start();
  await settle();
  server.stream().say('put', server.happen('a'));
  server.up = false;
  server.stream().say('error');
  ['b', 'c', 'd'].forEach((id) => server.happen(id));
  await pass(15000);
  assert.equal(feed.status, 'stale');
  server.up = true;
  await pass(14000);
  server.log.forEach((event) => server.stream().say('put', event));
  assert.equal(feed.status, 'live');
  assert.deepEqual(ids(), ['a', 'b', 'c', 'd']);
  assert.deepEqual(seen.filter((id) => id !== 'all'), ['a', 'b', 'c', 'd']);
  feed.stop();
});

test('when the stream ends and does not return, it asks every two seconds from then on', async () => {
  const { server, feed, ids } = bench();
  feed.start();
  await pass(3000);
  assert.equal(feed.status, 'live');
  server.streams = false;
  server.stream().say('error');
  await pass(1000);
  server.happen('a');
  await pass(2500);
  assert.deepEqual(ids(), ['a']);
  assert.equal(feed.status, 'asking');
  const asked = server.asked.length;
  await pass(20000);
  assert.ok(server.asked.length - asked >= 9, `asked ${server.asked.length - asked} times in 20 s`);
  feed.stop();
});

test('a stream that hangs without an error is given up and asked around', async () => {
  const { server, feed, ids } = bench();
  feed.start();
  await settle();
  const hanging = server.stream();
  await pass(7000);
  server.happen('a');
  await pass(2000);
  assert.ok(hanging.closed);
  assert.deepEqual(ids(), ['a']);
  assert.notEqual(feed.status, 'stale');
  feed.stop();
});

test('a question that gets no answer does not hold up the next one', async () => {
  const { server, feed, ids } = bench({ streams: false });
  feed.start();
  await settle();
  server.silent = true;
  await pass(60000);
  server.happen('a');
  server.silent = false;
  await pass(4000);
  assert.deepEqual(ids(), ['a']);
  assert.equal(feed.status, 'asking');
  feed.stop();
});

test('after a minute without a network all is caught up within five seconds', async () => {
  const { server, feed, ids } = bench();
  feed.start();
  await settle();
  server.up = false;
  server.stream().say('error');
  await pass(60000);
  assert.equal(feed.status, 'stale');
  server.happen('a');
  server.up = true;
  await pass(4500);
  assert.deepEqual(ids(), ['a']);
  feed.stop();
});

test('when the browser says that the network is back it is tried at once', async () => {
  const { server, feed, ids } = bench();
  feed.start();
  await settle();
  server.up = false;
  server.stream().say('error');
  await pass(30000);
  server.happen('a');
  server.up = true;
  feed.poke();
  await settle();
  assert.deepEqual(ids(), ['a']);
  assert.equal(feed.status, 'live');
  feed.stop();
});

test('who has another territory than the snapshot starts anew', async () => {
  const { server, feed } = bench({ streams: false });
  feed.start();
  await settle();
  server.scope = 'another';
  await pass(2500);
  assert.equal(server.snapshots, 2);
  await pass(10000);
  assert.equal(server.snapshots, 2);
  feed.stop();
});

test('what a closed stream still says is not heard', async () => {
  const { server, feed, ids } = bench();
  feed.start();
  await settle();
  const old = server.stream();
  old.say('error');
  old.say('put', { sequence: 9, row: rowOf('ghost') });
  assert.deepEqual(ids(), []);
  feed.stop();
});

test('resync fetches a fresh snapshot and goes on from there', async () => {
  const { server, feed, ids } = bench();
  feed.start();
  await settle();
  server.happen('a');
  server.stream().say('resync', { sequence: 1 });
  await settle();
  assert.equal(server.snapshots, 2);
  assert.equal(server.stream().after, 1);
  assert.deepEqual(ids(), ['a']);
  feed.stop();
});

test('a server that is away at the start is told at once, and found when it comes', async () => {
  const { server, feed, ids } = bench({ up: false });
  feed.start();
  await settle();
  assert.equal(feed.status, 'stale');
  assert.equal(feed.heardAt, 0);
  server.happen('a');
  server.up = true;
  await pass(3000);
  assert.equal(feed.status, 'live');
  assert.deepEqual(ids(), ['a']);
  feed.stop();
});

for (const status of [401, 403]) {
  test(`a lost login or role (${status}) ends the asking`, async () => {
    const { server, feed } = bench({ streams: false });
    feed.start();
    await settle();
    server.status = status;
    await pass(5000);
    const asked = server.asked.length;
    await pass(30000);
    assert.equal(feed.status, 'signed_out');
    assert.equal(server.asked.length, asked);
  });
}

test('after stop nothing is asked, opened or told', async () => {
  const { server, feed, statuses } = bench();
  feed.start();
  await settle();
  feed.stop();
  const [asked, opened, told] = [server.asked.length, server.opened.length, statuses.length];
  await pass(60000);
  assert.deepEqual([server.asked.length, server.opened.length, statuses.length], [asked, opened, told]);
  assert.ok(server.stream().closed);
});

test('a desk whose own clock is an hour wrong still shows the server\'s time', async () => {
  const { server, feed } = bench();
  server.at = new Date(START + 3600000).toISOString();
  feed.start();
  await settle();
  assert.equal(feed.heardAt, START + 3600000);
  feed.stop();
});

test('waits grow, stop growing, and differ between desks', () => {
  const middle = [0, 1, 2, 3, 4, 9].map((attempt) => backOff(attempt, () => 0.5));
  assert.deepEqual(middle, [500, 1000, 2000, 3000, 3000, 3000]);
  assert.ok(backOff(2, () => 0) < backOff(2, () => 1));
});
