/**
 * Painting in turns: what is to be painted waits in one line, and each frame takes no more of it than
 * leaves the page free to answer the hand. Asked twice, a thing is painted once, as it is by then.
 * Who paints makes a picture of it before it returns: a browser only notes the calls on a canvas and
 * fills the pixels of all at the end of the frame, which takes up to forty times as long.
 */
const SLICE_MS = 6;    // of a frame; at least one thing is painted in each

const waiting = new Map();    // what -> how
let asked = false;

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

function paint() {
  asked = false;
  const until = performance.now() + SLICE_MS;
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
