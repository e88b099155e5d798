import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused, Unreachable } from '../../static/shared/api.js';
import { courier } from '../../static/field/courier.js';
import { follow } from '../../static/field/follow.js';
import { memoryStore } from '../../static/field/memory.js';
import { createOutbox } from '../../static/field/outbox.js';
import { UNDO_MS, alsoSeen } from '../../static/field/seen.js';
import { verdict } from '../../static/field/verdict.js';

const URLS = { reports: '/reports', photo: '/reports/{id}/photos/{photo_id}', deed: '/incidents/{id}/deeds/{deed}' };
const DEED = { id: 'd', deed: 'answer', incident: 'i', body: '{"id":"d","seen_version":3}', photos: [{ id: 'p', sha256: 'ff' }], label: {} };
const PICTURE = { id: 'p', bytes: 'bytes', type: 'image/jpeg' };
const refusal = (status, code, more = {}) => new Refused(status, { code, message: `no: ${code}`, ...more });

/** A courier on a fake server that answers each POST and PUT in turn. */
function way(posts, puts = [{ id: 'p', sha256: 'ff' }]) {
  const log = [];
  const take = (answers) => async (url, body) => {
    log.push([url, body]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { log, deliver: courier({ urls: URLS, store: { photo: async () => PICTURE }, post: take(posts), put: take(puts) }) };
}

/** An outbox whose deliveries end as told, on a clock that stands still. */
function bench(answers, now = () => 0) {
  const store = memoryStore();
  const deliver = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { store, outbox: createOutbox({ store, deliver, owner: 'li', now, setTimer: () => 0, clearTimer: () => {} }) };
}

test('a deed goes to its own address, its photos to the incident', async () => {
  const { deliver, log } = way([{ incident: { id: 'i', photos_list: [] } }]);
  await deliver(DEED);
  assert.deepEqual(log, [['/incidents/i/deeds/answer', DEED.body], ['/reports/i/photos/p', 'bytes']]);
});

test('a photo the incident has already is not sent again', async () => {
  const { deliver, log } = way([{ incident: { id: 'i', photos_list: [{ id: 'p', stored: true }] } }]);
  await deliver(DEED);
  assert.equal(log.length, 1);
});

test('an incident that has left our sight is an answer too', async () => {
  const { deliver } = way([{ incident: null }]);
  assert.deepEqual(await deliver({ ...DEED, photos: [] }), { incident: null });
});

for (const answer of [{}, { incident: { id: 'other' } }]) {
  test(`${JSON.stringify(answer)} is no answer to a deed`, async () => {
    await assert.rejects(way([answer]).deliver(DEED), Unreachable);
  });
}

test('words are added whatever happened meanwhile, a decision is not', async () => {
  const stale = () => refusal(409, 'stale', { current: { id: 'i', version: 9 } });
  const remark = way([stale(), { incident: { id: 'i', photos_list: [] } }]);
  await remark.deliver({ ...DEED, deed: 'remark' });
  assert.equal(JSON.parse(remark.log[1][1]).seen_version, 9);
  await assert.rejects(way([stale()]).deliver(DEED), (error) => error.code === 'stale');
});

test('a deed that arrived without its photo says so', async () => {
  const done = { incident: { id: 'i', photos_list: [] } };
  await assert.rejects(way([done], [new Unreachable('cut')]).deliver(DEED), (error) => error.delivered === done);
});

test('what is decided about a deed is not tried again, a report waits', () => {
  assert.equal(verdict(refusal(409, 'stale'), true).kind, 'stuck');
  assert.equal(verdict(refusal(403, 'second_person'), true).kind, 'stuck');
  assert.equal(verdict(refusal(403, 'csrf'), true).kind, 'later', 'a reload mends it');
  assert.equal(verdict(refusal(403, 'role_required')).kind, 'later');
  assert.equal(verdict(refusal(503, 'unavailable'), true).kind, 'later');
});

test('followed to the end: the server has it', async () => {
  const receipt = { incident: { id: 'i' } };
  const { outbox, store } = bench([receipt]);
  assert.deepEqual(await follow(outbox, DEED, [PICTURE]), { receipt, error: null });
  assert.deepEqual(await store.reports(), []);
});

test('refused while people look: nothing is left to be sent', async () => {
  const { outbox, store } = bench([refusal(409, 'stale')]);
  const { receipt, error } = await follow(outbox, DEED, [PICTURE]);
  assert.equal(receipt, null);
  assert.equal(error.code, 'stale');
  assert.deepEqual(await store.reports(), []);
});

test('refused when they have gone: it waits in the queue for them', async () => {
  const { outbox, store } = bench([refusal(409, 'stale')]);
  const fate = await follow(outbox, DEED, [PICTURE], { here: () => false });
  assert.deepEqual(fate, { receipt: null, error: null });
  const [entry] = await store.reports();
  assert.deepEqual([entry.state, entry.reason], ['stuck', 'no: stale']);
  assert.ok(await store.photo('p'));
});

test('without network it is on disk and goes later', async () => {
  const { outbox, store } = bench([new Unreachable('cut')]);
  assert.deepEqual(await follow(outbox, DEED, [PICTURE]), { receipt: null, error: null });
  assert.equal((await store.reports())[0].state, 'waiting');
});

test('a server that is silent for long lets people go on', async () => {
  const { outbox } = bench([new Promise(() => {})]);
  assert.deepEqual(await follow(outbox, DEED, [PICTURE], { patience: 5 }), { receipt: null, error: null });
});

test('a deed whose photo is still to come is done, and the photo stays', async () => {
  const receipt = { incident: { id: 'i' } };
  const { outbox, store } = bench([Object.assign(new Unreachable('cut'), { delivered: receipt })]);
  assert.deepEqual(await follow(outbox, DEED, [PICTURE]), { receipt, error: null });
  assert.ok(await store.photo('p'));
});

test('what may still be undone is not sent, not even in a hurry, and lets others pass', async () => {
  const clock = { now: 1000 };
  const sent = [];
  const store = memoryStore();
  const outbox = createOutbox({
    store, owner: 'li', now: () => clock.now, setTimer: () => 0, clearTimer: () => {},
    deliver: async ({ id }) => { sent.push(id); return { id }; },
  });
  const draft = { words: '在路口', photos: [{ id: 'p', sha256: 'ff', bytes: 'bytes', type: 'image/jpeg' }] };
  const held = await alsoSeen({ id: 'i', version: 4, remark: true, category_name: '井盖' }, draft, outbox, clock.now);
  await outbox.keep({ id: 'r', body: '{}', photos: [], label: {} }, []);
  await outbox.flush({ hurry: true });
  assert.deepEqual(sent, ['r']);
  const body = JSON.parse(held.body);
  assert.deepEqual([body.seen_version, body.note, body.photos], [4, '也看到了：在路口', [{ id: 'p', sha256: 'ff', role: 'before' }]]);
  clock.now += UNDO_MS;
  await outbox.flush();
  assert.deepEqual(sent, ['r', held.id]);
});

test('undone in time, nothing of it is left', async () => {
  const { outbox, store } = bench([]);
  const held = await alsoSeen({ id: 'i', version: 4, remark: true }, { words: '', photos: [] }, outbox, 0);
  await outbox.discard(held);
  assert.deepEqual(await store.reports(), []);
});

test('where no words are taken nothing is kept', async () => {
  const { outbox, store } = bench([]);
  assert.equal(await alsoSeen({ id: 'i', remark: false }, { words: '', photos: [] }, outbox), null);
  assert.deepEqual(await store.reports(), []);
});
