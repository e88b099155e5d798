/** Who is on emergency duty: asked for seldom, never kept beyond an answer, old positions told as old. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLate, OnCall, onCallIn } from '../../static/command/oncall.js';

const LI = { id: 1, name: 'Li', areas: ['A1', 'A2'], lon: 105, lat: 31, at: '2026-03-05T06:30:00Z' };
const NOW = Date.parse(LI.at);

function watching(...answers) {
  const told = [];
  let asked = 0;
  const load = () => {
    asked += 1;
    const answer = answers[Math.min(asked, answers.length) - 1];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ people: answer });
  };
  const onCall = new OnCall(load, (others) => told.push(others));
  return { onCall, told, asked: () => asked };
}

test('it asks at once, then every half minute, and not while nobody looks', async () => {
  const { onCall, asked } = watching([LI]);
  for (const ms of [0, 15000, 29999]) await onCall.tick(true, ms);
  assert.equal(asked(), 1);
  await onCall.tick(false, 60000);
  assert.equal(asked(), 1);
  await onCall.tick(true, 60001);
  assert.equal(asked(), 2);
});

test('whoever has switched it off is gone with the next answer', async () => {
  const { onCall, told } = watching([LI], []);
  await onCall.tick(true, 0);
  assert.deepEqual(onCall.people, [LI]);
  await onCall.tick(true, 30000);
  assert.deepEqual(onCall.people, []);
  assert.deepEqual(told, [false, true, false, true]);
});

test('without an answer the last one stays and ages', async () => {
  const { onCall, told } = watching([LI], new Error('away'));
  await onCall.tick(true, 0);
  await onCall.tick(true, 30000);
  assert.deepEqual(onCall.people, [LI]);
  assert.deepEqual(told, [false, true, false]);
});

test('a position is old after ten minutes', () => {
  assert.equal(isLate(LI, NOW + 10 * 60000), false);
  assert.equal(isLate(LI, NOW + 10 * 60000 + 1), true);
});

test('an area has those who answer for it or for one below', () => {
  assert.deepEqual(onCallIn([LI], new Set(['A', 'A2'])), [LI]);
  assert.deepEqual(onCallIn([LI], new Set(['B'])), []);
});
