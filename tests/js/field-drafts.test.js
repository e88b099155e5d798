import assert from 'node:assert/strict';
import test from 'node:test';
import { createKeeper, draftsOf } from '../../static/field/drafts.js';
import { memoryStore } from '../../static/field/memory.js';
import { createTurn } from '../../static/field/turn.js';

const draft = (words) => ({ key: 'li|report', owner: 'li', fields: { words }, photos: [], filled: true });
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

test('a field is on disk soon after it changed, the last state counts', async () => {
  const store = memoryStore();
  let words = '';
  const keeper = createKeeper({ store, row: () => draft(words) });
  for (words of ['路', '路灯', '路灯坏']) keeper.soon();
  assert.equal(await store.draft('li|report'), undefined);
  await pause(300);
  assert.equal((await store.draft('li|report')).fields.words, '路灯坏');
});

test('flush does not wait', async () => {
  const store = memoryStore();
  await createKeeper({ store, row: () => draft('快'), now: () => 7 }).flush();
  assert.deepEqual(await store.draft('li|report'), { ...draft('快'), at: 7 });
});

test('a photo comes with the form as it is', async () => {
  const store = memoryStore();
  await createKeeper({ store, row: () => draft('图') }).photo({ id: 'p', bytes: 1, type: 'image/jpeg', raw: true });
  assert.equal((await store.photo('p')).raw, true);
  assert.equal((await store.draft('li|report')).fields.words, '图');
});

test('once handed on, no late writing brings the draft back', async () => {
  const store = memoryStore();
  const keeper = createKeeper({ store, row: () => draft('旧') });
  keeper.soon();
  await keeper.close();
  await keeper.flush();
  await pause(300);
  assert.equal(await store.draft('li|report'), undefined);
  keeper.open();
  await keeper.flush();
  assert.ok(await store.draft('li|report'));
});

test('a full disk is told, but not yet for a picture that is about to be shrunk', async () => {
  const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' });
  const store = { ...memoryStore(), saveDraft: async () => { throw full; } };
  const told = [];
  const keeper = createKeeper({ store, row: () => draft('满'), failed: (error) => told.push(error.name) });
  await keeper.photo({ id: 'p', raw: true });
  assert.deepEqual(told, []);
  await keeper.photo({ id: 'p', raw: false });
  assert.deepEqual(told, ['QuotaExceededError']);
});

test('drafts belong to a person', async () => {
  const store = memoryStore();
  await store.saveDraft({ ...draft('a'), at: 1 });
  await store.saveDraft({ ...draft('b'), key: 'wang|report', owner: 'wang', at: 2 });
  assert.deepEqual((await draftsOf(store, 'wang')).map(({ key }) => key), ['wang|report']);
});

test('without locks a lease lets one tab send at a time, and it is given back', async () => {
  const held = new Map();
  const store = {
    lease: async (name, holder) => {
      if (held.has(name) && held.get(name) !== holder) return false;
      held.set(name, holder);
      return true;
    },
    release: async (name) => held.delete(name),
  };
  const [one, other] = [createTurn(store, null), createTurn(store, null)];
  let inside = null;
  assert.equal(await one(async () => { inside = await other(async () => {}); }), true);
  assert.equal(inside, false, 'the other had to stand back');
  assert.equal(await other(async () => {}), true);
});
