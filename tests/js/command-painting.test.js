import assert from 'node:assert/strict';
import { test } from 'node:test';

const frames = [];
globalThis.requestAnimationFrame = (call) => frames.push(call);
const { forget, paintSoon } = await import('../../static/command/painting.js');

/** Let one frame pass at a moment (ms); returns whether there was anything to do. */
function frame(at) {
  const call = frames.shift();
  if (call) call(at);
  return Boolean(call);
}

test('where frames come late, each paints one thing; where they come in time, several', () => {
  const painted = [];
  ['a', 'b', 'c', 'd'].forEach((name) => paintSoon(name, () => painted.push(name)));
  frame(1000);
  assert.deepEqual(painted, ['a']);    // the first after a rest
  frame(1100);
  assert.deepEqual(painted, ['a', 'b']);
  frame(1116);
  assert.deepEqual(painted, ['a', 'b', 'c', 'd']);
  assert.equal(frame(1132), false);
});

test('asked twice it is painted once, as it is by then; what is gone is not painted', () => {
  const painted = [];
  paintSoon('a', () => painted.push('old'));
  paintSoon('b', () => painted.push('gone'));
  paintSoon('a', () => painted.push('new'));
  forget('b');
  frame(2000);
  frame(2016);
  assert.deepEqual(painted, ['new']);
});

test('one that fails does not keep the others', () => {
  const painted = [];
  paintSoon('a', () => { throw new Error('no'); });
  paintSoon('b', () => painted.push('b'));
  assert.throws(() => frame(3000), /no/);
  frame(3100);
  assert.deepEqual(painted, ['b']);
});
