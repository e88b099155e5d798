/** What a planner tries: changed step by step, undone, redone, sent to a colleague. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as drafts from '../../static/planning/draft.js';
import { readHash, writeHash } from '../../static/planning/hash.js';
import { begin, redo, step, undo } from '../../static/planning/history.js';
import { latest } from '../../static/planning/latest.js';

const clinic = { id: 'a', category: 'clinic', lon: 114.98, lat: 27.11 };

test('a draft is never changed in place', () => {
  const one = drafts.put(drafts.EMPTY, clinic);
  const two = drafts.toggle(drafts.move(one, 'a', { lon: 115, lat: 27 }), 'c1');
  assert.deepEqual(drafts.EMPTY, { added: [], removed: [] });
  assert.equal(one.added[0].lon, 114.98);
  assert.deepEqual(drafts.plain(two), { added: [{ category: 'clinic', lon: 115, lat: 27 }], removed: ['c1'] });
  assert.ok(drafts.isEmpty(drafts.take(drafts.toggle(two, 'c1'), 'a')));
});

test('two drafts are the same by what they change, not by our own ids', () => {
  const other = { added: [{ ...clinic, id: 'b', lon: 114.98000000001 }], removed: [] };
  assert.ok(drafts.same(drafts.put(drafts.EMPTY, clinic), other));
  assert.ok(!drafts.same(drafts.EMPTY, other));
});

test('undo and redo walk back and forth; a new step forgets what was undone', () => {
  let history = [1, 2, 3].reduce((sum, each) => step(sum, each), begin(0));
  history = undo(undo(history));
  assert.equal(history.now, 1);
  assert.equal(redo(history).now, 2);
  assert.equal(redo(redo(redo(history))).now, 3);
  history = step(history, 9);
  assert.equal(redo(history), history);
  assert.equal(undo(undo(undo(history))).now, 0);
});

test('the address gives back the view and the draft', () => {
  const view = {
    look: { zoom: 15, lat: 27.11, lon: 114.98 },
    asked: { network: '城区', category: 'clinic', minutes: 10, speed: 0.9, gates: 'night', shown: 'both' },
    scenario: null,
    draft: drafts.toggle(drafts.put(drafts.EMPTY, clinic), 'c1'),
  };
  const read = readHash(writeHash(view));
  assert.deepEqual(read.asked, view.asked);
  assert.deepEqual(read.look, view.look);
  assert.ok(drafts.same(read.draft, view.draft));
});

test('what cannot be read in an address is left out', () => {
  const read = readHash('#99/x/y?m=900&s=0&g=maybe&v=&a=;clinic,1,2;clinic,abc,2;');
  assert.equal(read.look, null);
  assert.deepEqual(read.asked, {});
  assert.deepEqual(read.draft.added.map(({ lon, lat }) => [lon, lat]), [[1, 2]]);
  assert.equal(readHash('').draft, null);
});

test('while one answer is under way only the newest question waits', async () => {
  const asked = [];
  const told = [];
  const ends = [];
  const line = latest((question) => {
    asked.push(question);
    return new Promise((done) => { ends.push(() => done(question)); });
  }, { answer: (answer) => told.push(answer), fault: assert.fail });
  [1, 2, 3].forEach((question) => line.ask(question));
  assert.deepEqual(asked, [1]);
  await settle(ends);
  assert.deepEqual(asked, [1, 3]);
  await settle(ends);
  assert.deepEqual(told, [1, 3]);
});

test('an answer that no longer matters is not told', async () => {
  const told = [];
  const ends = [];
  const line = latest((question) => new Promise((done) => { ends.push(() => done(question)); }), {
    answer: (answer) => told.push(answer), fault: assert.fail,
  });
  line.ask(1);
  line.drop();
  await settle(ends);
  assert.deepEqual(told, []);
});

/** Let the answer under way arrive, and what follows from it. */
async function settle(ends) {
  ends.pop()();
  await new Promise((done) => { setImmediate(done); });
}
