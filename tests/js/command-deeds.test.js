/** Around a deed at the desk: the way back from it, what was chosen before, how long it is told. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Countdown } from '../../static/command/countdown.js';
import { createHabits } from '../../static/command/habits.js';
import { tally } from '../../static/command/openings.js';
import { undoOf } from '../../static/command/undo.js';

const CASE = { state: 'accepted', holder: '', category: 'lamp', area: 'A1', lon: 121.5, lat: 31.2 };
const undo = (deed, before = {}, after = {}) => undoOf(deed, { ...CASE, ...before }, { ...CASE, ...after }, 'back');

test('the way back is a deed of the table', () => {
  assert.deepEqual(undo('refuse', {}, { state: 'void' }), { deed: 'restore', body: {} });
  assert.deepEqual(undo('merge', {}, { state: 'void' }), { deed: 'restore', body: {} });
  assert.deepEqual(undo('suspend'), { deed: 'resume', body: {} });
  assert.deepEqual(undo('correct', {}, { category: 'tree' }), { deed: 'correct', body: { category: 'lamp' } });
  assert.deepEqual(undo('move', {}, { lon: 121.6 }).body.position.coordinates, [121.5, 31.2]);
  assert.deepEqual(undo('hand_over', {}, { area: 'B1' }), { deed: 'hand_over', body: { area: 'A1', note: 'back' } });
});

test('no way back is offered where none leads to what was', () => {
  ['accept', 'dispatch', 'press', 'close', 'remark'].forEach((deed) => assert.equal(undo(deed), null, deed));
  assert.equal(undo('hand_over', { area: null }, { area: 'B1' }), null, 'it lay in no grid');
  const held = { state: 'dispatched', holder: 'Lamps' };
  ['correct', 'move', 'hand_over'].forEach((deed) => assert.equal(undo(deed, held), null, `${deed} took it from its holder`));
});

function storage(text = null) {
  const kept = { text };
  return { kept, getItem: () => kept.text, setItem(_key, words) { kept.text = words; } };
}
const ITEMS = ['a', 'b', 'c'].map((value) => ({ value }));
const values = (items) => items.map(({ value }) => value).join('');

test('what was chosen most comes first, the rest stays as it was', () => {
  const habits = createHabits(storage());
  assert.equal(values(habits.order('return.reason', ITEMS)), 'abc');
  ['c', 'b', 'c'].forEach((reason) => habits.keep('return', CASE, { reason, note: 'of a person' }));
  assert.equal(values(habits.order('return.reason', ITEMS)), 'cba');
  assert.equal(values(habits.order('refuse.reason', ITEMS)), 'abc', 'another deed, another habit');
});

test('helpers are remembered by category, and nothing of a case is', () => {
  const place = storage();
  const habits = createHabits(place);
  habits.keep('whistle', CASE, { lead: 'x', assisting: ['y', 'z'], note: 'of a person', id: 'case-1' });
  assert.deepEqual(habits.last('assisting.lamp'), ['y', 'z']);
  assert.equal(habits.last('assisting.tree'), null);
  assert.doesNotMatch(place.kept.text, /person|case-1/);
});

test('what cannot be read is forgotten', () => {
  assert.equal(values(createHabits(storage('{"counts":')).order('return.reason', ITEMS)), 'abc');
});

test('a line stays its time, and longer while somebody reads it', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let ended = 0;
  const countdown = new Countdown(10000, () => { ended += 1; });
  mock.timers.tick(9000);
  countdown.pause();
  mock.timers.tick(60000);
  assert.equal(ended, 0);
  countdown.resume();
  mock.timers.tick(2900);
  assert.equal(ended, 0, 'time to look up again');
  mock.timers.tick(200);
  assert.equal(ended, 1);
  mock.timers.reset();
});

test('why a deed is not open is counted, the commonest first', () => {
  assert.deepEqual(tally(['', 'b', 'a', 'a', '']), { open: 2, others: [['a', 2], ['b', 1]] });
});
