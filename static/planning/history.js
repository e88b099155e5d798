/** Undo and redo of a draft. Pure: a history is a value, every step gives a new one. */

const MOST = 100;

/** @typedef {{past: object[], now: object, future: object[]}} History */

/** A history that begins with a draft. */
export const begin = (draft) => ({ past: [], now: draft, future: [] });

/** The draft after a change; what had been undone is gone. */
export const step = (history, draft) => ({
  past: [...history.past, history.now].slice(-MOST), now: draft, future: [],
});

export const undo = (history) => (history.past.length ? {
  past: history.past.slice(0, -1),
  now: history.past[history.past.length - 1],
  future: [history.now, ...history.future],
} : history);

export const redo = (history) => (history.future.length ? {
  past: [...history.past, history.now],
  now: history.future[0],
  future: history.future.slice(1),
} : history);
