import assert from 'node:assert/strict';
import { test } from 'node:test';

const frames = [];
globalThis.requestAnimationFrame = (call) => frames.push(call);
const { forget, paintSoon } = await import('../../static/command/painting.js');

/** Let one frame pass; returns whether there was anything to do. */
function frame() {
  const call = frames.shift();
  if (call) call();
  return Boolean(call);
}

const until = (moment) => { while (performance.now() < moment); };

test('a frame paints what is quick together, after what is slow no more', () => {
  const painted = [];
  ['a', 'b'].forEach((name) => paintSoon(name, () => painted.push(name)));
  paintSoon('slow', () => {
    painted.push('slow');
    until(performance.now() + 20);
  });
  paintSoon('c', () => painted.push('c'));
  frame();
  assert.deepEqual(painted, ['a', 'b', 'slow']);
  frame();
  assert.deepEqual(painted, ['a', 'b', 'slow', 'c']);
  assert.equal(frame(), false);
});

test('asked twice it is painted once, as it is by then; what is gone is not painted', () => {
  const painted = [];
  paintSoon('a', () => painted.push('old'));
  paintSoon('b', () => painted.push('gone'));
  paintSoon('a', () => painted.push('new'));
  forget('b');
  frame();
  assert.deepEqual(painted, ['new']);
});

test('one that fails does not keep the others', () => {
  const painted = [];
  paintSoon('a', () => { throw new Error('no'); });
  paintSoon('b', () => painted.push('b'));
  assert.throws(frame, /no/);
  frame();
  assert.deepEqual(painted, ['b']);
});
