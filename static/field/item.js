/** A finished draft as an item of the outbox, and the bytes that go with it. */
import { canonical } from './canonical.js';
import { bodyOf, sent } from './draft.js';
import { sha256 } from './sha256.js';

/**
 * @param {Object} draft nothing is missing  @param {Object} moment see bodyOf
 * @param {string} area the grid's name, to be shown  @param {Object} form the fields as on disk
 */
export async function itemOf(draft, moment, area, form) {
  const body = bodyOf(draft, moment);
  return {
    id: draft.id,
    body,
    sha256: await sha256(canonical(body)),
    made_at: new Date(moment.now).toISOString(),
    label: { category: draft.category.name, area },
    photos: sent(draft).map(({ id, sha256: name, after }) => ({ id, sha256: name, after: Boolean(after) })),
    form,
  };
}

/** [{id, bytes, type}] of the photos that are sent. */
export const picturesOf = (draft) => sent(draft).map(({ id, bytes, type }) => ({ id, bytes, type }));
