import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused, Unreachable } from '../../static/shared/api.js';
import { memoryStore } from '../../static/field/memory.js';
import { createOutbox } from '../../static/field/outbox.js';

const refusal = (status, code = '') => new Refused(status, { code, message: `no: ${status}` });
const report = (id) => ({ id, body: '{}', sha256: 'f', photos: [], made_at: '1970-01-01T00:00:00Z' });

/** An outbox on a fake server and a clock that only moves when told. */
function bench({ answers = {}, owner = 'li', store = memoryStore(), turn } = {}) {
  const arrived = [];
  const clock = { now: 0, timers: [] };
  const deliver = async (entry) => {
    const answer = answers[entry.id] && answers[entry.id].shift();
    if (answer) throw answer;
    arrived.push(entry.id);
    return { id: entry.id, number: arrived.length };
  };
  const outbox = createOutbox({
    store, deliver, owner, turn,
    now: () => clock.now,
    setTimer: (call, ms) => clock.timers.push({ call, ms }),
    clearTimer: () => { clock.timers.length = 0; },
  });
  const last = {};
  outbox.listen((news) => Object.assign(last, news));
  return { outbox, arrived, clock, store, last };
}

/** Keep reports while the line is down, so that they queue. */
async function queued(b, ids) {
  for (const id of ids) {
    await b.outbox.keep(report(id), []);
    await b.outbox.flush();
  }
}

test('a kept report is on disk before anything is sent', async () => {
  const b = bench();
  const seen = [];
  const add = b.store.add;
  b.store.add = async (entry, photos) => { await add(entry, photos); seen.push(b.arrived.length); };
  await b.outbox.keep(report('a'), []);
  assert.deepEqual(seen, [0]);
});

test('a delivered report leaves the store with its photos', async () => {
  const b = bench();
  await b.outbox.keep({ ...report('a'), photos: [{ id: 'p' }] }, [{ id: 'p', bytes: 1 }]);
  await b.outbox.flush();
  assert.deepEqual(await b.store.items(), []);
  assert.equal(await b.store.photo('p'), undefined);
  assert.equal(b.last.counts.sent, 1);
});

test('a hundred reports arrive in the order of capture after thirty failures', async () => {
  const ids = Array.from({ length: 100 }, (_, i) => `r${i}`);
  const b = bench({ answers: { r0: Array.from({ length: 30 }, () => refusal(503)) } });
  await queued(b, ids);
  for (let i = 0; i < 40; i += 1) {
    b.clock.now += 300000;
    await b.outbox.flush();
  }
  assert.deepEqual(b.arrived, ids);
});

test('while the oldest waits for its next try nobody passes it', async () => {
  const b = bench({ answers: { a: [new Unreachable('cut'), new Unreachable('cut'), new Unreachable('cut')] } });
  await queued(b, ['a', 'b']);
  await b.outbox.flush();
  assert.deepEqual(b.arrived, []);
  assert.equal(b.last.counts.waiting, 2);
});

test('a flush that is not hurried waits for the back-off, a hurried one does not', async () => {
  const b = bench({ answers: { a: [new Unreachable('cut')] } });
  await queued(b, ['a']);
  await b.outbox.flush();
  assert.deepEqual(b.arrived, []);
  await b.outbox.flush({ hurry: true });
  assert.deepEqual(b.arrived, ['a']);
});

test('the timer wakes the queue when the oldest report is due', async () => {
  const b = bench({ answers: { a: [new Unreachable('cut')] } });
  await queued(b, ['a']);
  const [timer] = b.clock.timers;
  assert.ok(timer.ms >= 800 && timer.ms <= 1000, `${timer.ms}`);
  b.clock.now += timer.ms;
  await timer.call();
  assert.deepEqual(b.arrived, ['a']);
});

test('without a login everything is kept and nothing more is tried', async () => {
  const b = bench({ answers: { a: [refusal(401), refusal(401)], b: [] } });
  await queued(b, ['a', 'b']);
  assert.equal(b.last.counts.needsLogin, true);
  assert.equal(b.last.counts.waiting, 2);
  assert.deepEqual(b.clock.timers, [], 'no timer wakes it');
  b.clock.now += 300000;
  await b.outbox.flush();
  assert.deepEqual(b.arrived, []);
  assert.equal((await b.outbox.entries())[0].tries, 0, 'it is not the report that failed');
});

test('a hurried flush after the login sends what was paused', async () => {
  const b = bench({ answers: { a: [refusal(401)] } });
  await queued(b, ['a']);
  await b.outbox.flush({ hurry: true });
  assert.deepEqual(b.arrived, ['a']);
  assert.equal(b.last.counts.needsLogin, false);
});

for (const [status, code] of [[403, 'role_required'], [413, ''], [415, ''], [422, 'category_unknown'], [409, 'id_reused'], [400, ''], [404, '']]) {
  test(`a report refused with ${status} ${code} waits for a person and lets the others pass`, async () => {
    const b = bench({ answers: { a: [refusal(status, code)] } });
    await queued(b, ['a', 'b']);
    assert.deepEqual(b.arrived, ['b']);
    const [entry] = await b.outbox.entries();
    assert.equal(entry.state, 'stuck');
    assert.equal(entry.reason, `no: ${status}`);
  });
}

for (const status of [429, 500, 502, 503, 504, 507]) {
  test(`after ${status} the report stays and is tried again`, async () => {
    const b = bench({ answers: { a: [refusal(status)] } });
    await queued(b, ['a']);
    assert.equal((await b.outbox.entries())[0].state, 'waiting');
    b.clock.now += 300000;
    await b.outbox.flush();
    assert.deepEqual(b.arrived, ['a']);
  });
}

test('a report that breaks the server for hours lets the others pass, and stays', async () => {
  const b = bench({ answers: { a: Array.from({ length: 500 }, () => refusal(500)) } });
  await queued(b, ['a', 'b']);
  for (let i = 0; i < 45; i += 1) {
    b.clock.now += 300000;
    await b.outbox.flush();
  }
  assert.deepEqual(b.arrived, ['b']);
  assert.equal((await b.outbox.entries())[0].state, 'waiting');
});

test('the same report kept twice is one report', async () => {
  const b = bench({ answers: { a: [new Unreachable('cut'), new Unreachable('cut')] } });
  await Promise.all([b.outbox.keep(report('a'), []), b.outbox.keep(report('a'), [])]);
  assert.equal((await b.store.items()).length, 1);
});

test('a report kept during a sending goes out without another push', async () => {
  const b = bench();
  await b.outbox.keep(report('a'), []);
  await b.outbox.keep(report('b'), []);
  await b.outbox.flush();
  assert.deepEqual(b.arrived, ['a', 'b']);
});

test('on a shared phone only the owner\'s reports are sent, the others are counted', async () => {
  const store = memoryStore();
  const li = bench({ store, answers: { a: [new Unreachable('cut')] } });
  await queued(li, ['a']);
  const wang = bench({ store, owner: 'wang' });
  await wang.outbox.flush({ hurry: true });
  assert.deepEqual(wang.arrived, []);
  assert.equal(wang.last.counts.others, 1);
  assert.equal((await store.items()).length, 1);
});

test('a stuck report can be tried again or thrown away, by a person', async () => {
  const b = bench({ answers: { a: [refusal(422)], b: [refusal(422)] } });
  await queued(b, ['a', 'b']);
  const [first, second] = await b.outbox.entries();
  await b.outbox.retry(first);
  await b.outbox.discard(second);
  assert.deepEqual(b.arrived, ['a']);
  assert.deepEqual(await b.outbox.entries(), []);
});

test('a report another tab has delivered meanwhile does not come back', async () => {
  const store = memoryStore();
  const deliver = async (entry) => {
    await store.remove(entry);   // the other tab was faster, photos and all
    throw Object.assign(new Error('gone'), { lost: true });
  };
  const outbox = createOutbox({ store, deliver, owner: 'li' });
  await outbox.keep(report('a'), []);
  await outbox.flush();
  assert.deepEqual(await store.items(), []);
});

test('a busy server says how long to wait, and is waited for', async () => {
  const b = bench({ answers: { a: [Object.assign(refusal(429), { retryAfter: 120 })] } });
  await queued(b, ['a']);
  assert.equal(b.clock.timers[0].ms, 120000);
});

test('while another tab sends this one only looks again later', async () => {
  const b = bench({ turn: async () => false });
  await queued(b, ['a']);
  assert.deepEqual(b.arrived, []);
  assert.equal(b.clock.timers[0].ms, 5000);
});

test('what was refused goes back into its form, in one step with its photos', async () => {
  const b = bench({ answers: { a: [refusal(422)] } });
  await b.outbox.keep({ ...report('a'), photos: [{ id: 'p' }] }, [{ id: 'p', bytes: 1 }]);
  await b.outbox.flush();
  await b.outbox.reopen({ id: 'a' }, { key: 'li|report', owner: 'li', photos: [{ id: 'p' }] });
  assert.deepEqual(await b.outbox.entries(), []);
  assert.equal((await b.store.draft('li|report')).photos[0].id, 'p');
  assert.equal((await b.store.photo('p')).bytes, 1);
});

test('a queue from yesterday is sent when the page opens', async () => {
  const store = memoryStore();
  await queued(bench({ store, answers: { a: [new Unreachable('cut')] } }), ['a']);
  const today = bench({ store });
  await today.outbox.flush({ hurry: true });
  assert.deepEqual(today.arrived, ['a']);
});
