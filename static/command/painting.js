/**
 * Painting in turns: what is to be painted waits in one line, and each frame takes no more of it than
 * leaves the page free to answer the hand. Asked twice, a thing is painted once, as it is by then.
 */
const SLICE_MS = 3;     // of calls in a frame; to fill the pixels takes the browser six times as long
const FLUENT_MS = 25;   // between two frames; where it is more, one thing is enough for a frame

const waiting = new Map();    // what -> how
let asked = false;
let before = 0;

/** Paint something soon. */
export function paintSoon(what, how) {
  waiting.set(what, how);
  ask();
}

/** It is gone: there is nothing to paint. */
export const forget = (what) => waiting.delete(what);

function ask() {
  if (asked || !waiting.size) return;
  asked = true;
  requestAnimationFrame(paint);
}

function paint(frame) {
  asked = false;
  const until = frame - before < FLUENT_MS ? performance.now() + SLICE_MS : 0;
  before = frame;
  try {
    for (const [what, how] of waiting) {
      waiting.delete(what);
      how();
      if (performance.now() > until) break;
    }
  } finally {
    ask();    // one that fails does not keep the others
  }
}
