/** How a row stands to its clock: by its own marks, not by a number of minutes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf, dueOf, ringOf } from '../../static/command/deadline.js';

const NOW = Date.parse('2026-03-05T06:30:00Z');
const at = (minutes) => new Date(NOW + minutes * 60000).toISOString();
const rowOf = (more) => ({ state: 'dispatched', due_at: at(600), stage_due_at: at(600), amber_at: at(300), ...more });

test('amber begins at the mark the server stored, red at the deadline', () => {
  assert.equal(clockOf(rowOf(), NOW), 'ahead');
  assert.equal(clockOf(rowOf({ amber_at: at(0) }), NOW), 'near');
  assert.equal(clockOf(rowOf({ amber_at: at(-60), stage_due_at: at(-1) }), NOW), 'over');
});

test('the present step presses, not the whole case', () => {
  const answered = rowOf({ state: 'answered', due_at: at(-60), stage_due_at: at(120), amber_at: at(100) });
  assert.equal(clockOf(answered, NOW), 'ahead');
  assert.equal(dueOf(answered), at(120));
  assert.equal(dueOf(rowOf({ stage_due_at: null })), at(600));
});

test('without a mark the last half hour is near', () => {
  assert.equal(clockOf(rowOf({ amber_at: null, stage_due_at: at(20) }), NOW), 'near');
});

test('a clock that stands still neither warns nor blames', () => {
  const late = { amber_at: at(-60), stage_due_at: at(-1) };
  assert.equal(clockOf(rowOf({ ...late, suspended: true }), NOW), 'held');
  assert.equal(clockOf(rowOf({ ...late, open_problem: true }), NOW), 'listed');
  assert.equal(ringOf(rowOf({ ...late, suspended: true }), NOW), '');
  assert.equal(ringOf(rowOf(late), NOW), 'over');
});

test('what has ended has no clock, nor has a row of a replay, which knows no deadline', () => {
  assert.equal(clockOf(rowOf({ due_at: null, stage_due_at: null, amber_at: null }), NOW), '');
  ['closed', 'void'].forEach((state) => assert.equal(clockOf(rowOf({ state }), NOW), ''));
});
