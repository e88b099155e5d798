/** 就是这件: what was seen here is added to the incident that is known, and can be undone for a while. */
import { uuid } from '../shared/uuid.js';
import { UNDO_MS } from './undo.js';
import { say } from './words.js';

/**
 * Keep a remark with the draft's words and photos; it is not sent before it can no longer be undone.
 * @param {Object} known the incident of similar.js; its `remark` says whether words are taken
 * @param {?Object} row the draft as it is on disk, which this takes the place of
 * @returns {Promise<?Object>} the outbox entry, or null where it takes no words
 */
export async function alsoSeen(known, draft, outbox, row = null, now = Date.now()) {
  if (!known.remark) return null;
  const id = uuid();
  const photos = draft.photos.map(({ id: photo, sha256 }) => ({ id: photo, sha256 }));
  const note = [say('similar.seen'), draft.words.trim()].filter(Boolean).join('：');
  const entry = {
    id,
    deed: 'remark',
    incident: known.id,
    body: JSON.stringify({ id, seen_version: known.version, note, photos: photos.map((photo) => ({ ...photo, role: 'before' })) }),
    made_at: new Date(now).toISOString(),
    held_until: now + UNDO_MS,
    label: { category: known.category_name, deed: say('similar.remark') },
    photos,
  };
  await outbox.keep(entry, draft.photos.map(({ id: photo, bytes, type }) => ({ id: photo, bytes, type })), row);
  return entry;
}
