/** A deed on its way: named once, kept on disk, sent, and its fate told. */
import { say as word } from '../shared/deeds/words.js';
import { uuid } from '../shared/uuid.js';
import { follow } from './follow.js';
import { snapshot } from './snapshot.js';

/**
 * @param {Object} step outbox; incident as it was looked at; deed; fields: what its form says;
 *   photos [{id, sha256, role, bytes, type}]; id: the same for every try of one form; draft: the form
 *   as it is on disk, which the deed takes the place of; here: see follow.js
 * @returns {Promise<{receipt: ?Object, error: ?Error}>} see follow.js
 */
export async function sendStep({ outbox, incident, deed, fields, photos = [], id = uuid(), draft = null, here }) {
  const entry = {
    id,
    deed,
    incident: incident.id,
    body: JSON.stringify({ ...fields, id, seen_version: incident.version }),
    made_at: new Date().toISOString(),
    label: { category: incident.category_name, deed: word(`deed.${deed}`) },
    photos: photos.map(({ id: photo, sha256, role }) => ({ id: photo, sha256, role })),
    seen: snapshot(incident),
    form: draft && draft.fields,
  };
  const bytes = photos.map(({ id: photo, bytes: content, type }) => ({ id: photo, bytes: content, type }));
  const fate = await follow(outbox, entry, bytes, { here, draft });
  // One tap and no words: who sees the refusal has lost nothing.
  if (fate.error && !draft) await outbox.discard(fate.entry);
  return fate;
}
