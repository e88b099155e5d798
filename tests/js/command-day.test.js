/** A day told again, on the way forward and back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Day } from '../../static/command/day.js';

const line = (id, state, reported = 1772668800) => [id, `2026-${id}`, 'lamp', '路灯', 'A1', '第一网格', 105, 31, reported, state];
const TOLD = {
  day: '2026-03-05', from: '2026-03-05T00:00:00+08:00', to: '2026-03-06T00:00:00+08:00',
  incidents: [line('old', 'reported'), line('new', null), line('done', 'closed')],
  changes: [[1, 100, 'reported'], [0, 200, 'accepted'], [0, 300, 'void'], [1, 400, 'closed'], [2, 500, 'accepted']],
};
const states = (day, second) => Object.fromEntries(day.rows(second).map(({ id, state }) => [id, state]));

test('every moment shows what stood then, in any order of asking', () => {
  const day = new Day(TOLD);
  const moments = [
    [0, { old: 'reported' }],
    [100, { old: 'reported', new: 'reported' }],
    [250, { old: 'accepted', new: 'reported' }],
    [300, { new: 'reported' }],
    [86400, { new: 'closed', done: 'accepted' }],
  ];
  [...moments, ...[...moments].reverse(), moments[2]].forEach(([second, wanted]) => assert.deepEqual(states(day, second), wanted));
});

test('a moment is the time of that day, and what was closed says when', () => {
  const day = new Day(TOLD);
  assert.equal(new Date(day.at(400)).toISOString(), '2026-03-04T16:06:40.000Z');
  assert.equal(day.rows(400).find(({ id }) => id === 'new').closed_at, '2026-03-04T16:06:40.000Z');
  assert.equal(day.length, 86400);
});
