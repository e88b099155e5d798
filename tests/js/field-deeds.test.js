import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { Refused, Unreachable } from '../../static/shared/api.js';
import { courier } from '../../static/field/courier.js';
import { follow } from '../../static/field/follow.js';
import { memoryStore } from '../../static/field/memory.js';
import { createOutbox } from '../../static/field/outbox.js';
import { alsoSeen } from '../../static/field/seen.js';
import { UNDO_MS } from '../../static/field/undo.js';

const URLS = { reports: '/reports', photo: '/reports/{id}/photos/{photo_id}', deed: '/incidents/{id}/deeds/{deed}' };
const DEED = { id: 'd', deed: 'answer', incident: 'i', body: '{"id":"d","seen_version":3}', photos: [{ id: 'p', sha256: 'ff' }], label: {} };
const NOW = { id: 'i', version: 9, state: 'in_progress', deeds: ['answer'], timeline: [] };
const PICTURE = { id: 'p', bytes: 'bytes', type: 'image/jpeg' };
const named = (body) => createHash('sha256').update(body).digest('hex');
const receipt = (incident, more) => ({ id: DEED.id, sha256: named(DEED.body), incident, ...more });
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
  const sent = [];
  const store = memoryStore();
  const deliver = async (item) => {
    sent.push(item);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { store, sent, outbox: createOutbox({ store, deliver, owner: 'li', now, setTimer: () => 0, clearTimer: () => {} }) };
}

test('a deed goes to its own address, its photos to the incident', async () => {
  const { deliver, log } = way([receipt({ id: 'i', photos_list: [] })]);
  await deliver(DEED);
  assert.deepEqual(log, [['/incidents/i/deeds/answer', DEED.body], ['/reports/i/photos/p', 'bytes']]);
});

test('a photo the incident has already is not sent again', async () => {
  const { deliver, log } = way([receipt({ id: 'i', photos_list: [{ id: 'p', stored: true }] })]);
  await deliver(DEED);
  assert.equal(log.length, 1);
});

test('an incident that has left our sight is an answer too', async () => {
  const { deliver } = way([receipt(null)]);
  assert.equal((await deliver({ ...DEED, photos: [] })).incident, null);
});

for (const answer of [
  {}, receipt({ id: 'other' }), receipt({ id: 'i' }, { id: 'x' }), receipt({ id: 'i' }, { sha256: 'ff' }),
]) {
  test(`${JSON.stringify(answer)} is no answer to a deed`, async () => {
    await assert.rejects(way([answer]).deliver(DEED), Unreachable);
  });
}

test('words are added whatever happened meanwhile: kept on the new version, then sent', async () => {
  const { outbox, store, sent } = bench([refusal(409, 'stale', { current: { id: 'i', version: 9 } }), new Unreachable('cut')]);
  await outbox.keep({ ...DEED, deed: 'remark' }, [PICTURE]);
  await outbox.flush();
  assert.deepEqual(sent.map(({ body }) => JSON.parse(body).seen_version), [3, 9]);
  assert.equal(JSON.parse((await store.items())[0].body).seen_version, 9, 'the disk has what was sent');
});

test('a deed that arrived without its photo says so', async () => {
  const done = receipt({ id: 'i', photos_list: [] });
  const missing = await way([done], [new Unreachable('cut')]).deliver(DEED).catch((error) => error);
  assert.deepEqual([missing.delivered, missing.photo], [done, 'p']);
});

test('followed to the end: the server has it', async () => {
  const done = receipt({ id: 'i' });
  const { outbox, store } = bench([done]);
  assert.deepEqual(await follow(outbox, DEED, [PICTURE]), { receipt: done, error: null });
  assert.deepEqual(await store.items(), []);
});

test('refused while people look: they are told, and it waits until they say what becomes of it', async () => {
  const { outbox, store } = bench([refusal(422, 'note_missing')]);
  const { receipt: none, error, entry } = await follow(outbox, DEED, [PICTURE]);
  assert.deepEqual([none, error.code, entry.state], [null, 'note_missing', 'stuck']);
  assert.equal((await store.items()).length, 1);
});

test('refused when they have gone: it waits in the queue for them', async () => {
  const { outbox, store } = bench([refusal(409, 'stale', { current: NOW })]);
  const fate = await follow(outbox, DEED, [PICTURE], { here: () => false });
  assert.deepEqual(fate, { receipt: null, error: null });
  const [entry] = await store.items();
  assert.deepEqual([entry.state, entry.reason, entry.current.version], ['conflict', 'no: stale', 9]);
  assert.ok(await store.photo('p'));
});

test('without network it is on disk and goes later', async () => {
  const { outbox, store } = bench([new Unreachable('cut')]);
  assert.deepEqual(await follow(outbox, DEED, [PICTURE]), { receipt: null, error: null });
  assert.equal((await store.items())[0].state, 'waiting');
});

test('a server that is silent for long lets people go on', async () => {
  const { outbox } = bench([new Promise(() => {})]);
  assert.deepEqual(await follow(outbox, DEED, [PICTURE], { patience: 5 }), { receipt: null, error: null });
});

test('a deed whose photo is still to come is done, and the photo stays', async () => {
  const done = receipt({ id: 'i', version: 4 });
  const { outbox, store } = bench([Object.assign(new Unreachable('cut'), { delivered: done, photo: 'p' })]);
  assert.deepEqual(await follow(outbox, DEED, [PICTURE]), { receipt: done, error: null });
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
  const held = await alsoSeen({ id: 'i', version: 4, remark: true, category_name: '井盖' }, draft, outbox, null, clock.now);
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
  const held = await alsoSeen({ id: 'i', version: 4, remark: true }, { words: '', photos: [] }, outbox, null, 0);
  await outbox.discard(held);
  assert.deepEqual(await store.items(), []);
});

test('where no words are taken nothing is kept', async () => {
  const { outbox, store } = bench([]);
  assert.equal(await alsoSeen({ id: 'i', remark: false }, { words: '', photos: [] }, outbox), null);
  assert.deepEqual(await store.items(), []);
});
