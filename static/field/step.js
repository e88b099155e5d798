/** A deed on its way: named once, kept on disk, sent, and its fate told. */
import { say as word } from '../shared/deeds/words.js';
import { uuid } from '../shared/uuid.js';
import { follow } from './follow.js';

/**
 * @param {Object} step outbox; incident as it was looked at; deed; fields: what its form says;
 *   photos [{id, sha256, bytes, type}]; id: the same for every try of one form; here: see follow.js
 * @returns {Promise<{receipt: ?Object, error: ?Error}>} see follow.js
 */
export function sendStep({ outbox, incident, deed, fields, photos = [], id = uuid(), here }) {
  const entry = {
    id,
    deed,
    incident: incident.id,
    body: JSON.stringify({ ...fields, id, seen_version: incident.version }),
    made_at: new Date().toISOString(),
    label: { category: incident.category_name, deed: word(`deed.${deed}`) },
    photos: photos.map(({ id: photo, sha256 }) => ({ id: photo, sha256 })),
  };
  return follow(outbox, entry, photos.map(({ id: photo, bytes, type }) => ({ id: photo, bytes, type })), { here });
}
