/**
 * A draft: facilities thought of and facilities thought away. Pure, never changed in place.
 *
 * @typedef {{added: {id: string, category: string, lon: number, lat: number}[], removed: string[]}} Draft
 */

export const EMPTY = { added: [], removed: [] };

/** Put one more on the map. */
export const put = (draft, place) => ({ ...draft, added: [...draft.added, place] });

/** Move one that is thought of. */
export const move = (draft, id, { lon, lat }) => ({
  ...draft, added: draft.added.map((each) => (each.id === id ? { ...each, lon, lat } : each)),
});

/** Take one that is thought of away again. */
export const take = (draft, id) => ({ ...draft, added: draft.added.filter((each) => each.id !== id) });

/** Think a standing one away, or back. */
export const toggle = (draft, code) => ({
  ...draft,
  removed: draft.removed.includes(code) ? draft.removed.filter((each) => each !== code) : [...draft.removed, code],
});

export const isEmpty = (draft) => draft.added.length === 0 && draft.removed.length === 0;

/** What the server is told: without our own ids. */
export const plain = (draft) => ({
  added: draft.added.map(({ category, lon, lat }) => ({ category, lon: round(lon), lat: round(lat) })),
  removed: draft.removed,
});

export const same = (one, other) => JSON.stringify(plain(one)) === JSON.stringify(plain(other));

const round = (degrees) => Math.round(degrees * 1e6) / 1e6;
