/** Sending a deed: the deed first, its photos after; the same again is the same deed. */
import { post, put, Refused } from '../api.js';
import { say } from './words.js';

/**
 * @param {object} order url of the deed; photoUrl(photo id) -> where its bytes go; incident that was
 *   looked at; id of this deed, the same for every retry; form (see forms.js)
 * @returns {Promise<{incident: object|null, stale: boolean, words: string}>} how it stands now: null
 *   when it has left our sight; stale: somebody was first and nothing was done; words: what to add
 * @throws Fault when the form is not whole, Refused when the server says no though nothing has moved
 *   (the form is marked where it can be), Unreachable when nothing came back
 */
export async function sendDeed({ url, photoUrl, incident, id, form }) {
  const body = { ...form.read(), id, seen_version: incident.version };
  let answer;
  try {
    answer = await post(url, body);
  } catch (error) {
    if (movedOn(error, incident)) {
      return { incident: error.body.current, stale: true, words: error.code === 'stale' ? say('told.stale') : error.message };
    }
    if (error instanceof Refused) form.blame(error.fields);
    throw error;
  }
  const lost = await upload(form.photos(), photoUrl);
  return { incident: answer.incident, stale: false, words: lost ? say('told.photos_lost', { count: lost }) : '' };
}

/** Whether a refusal says that the incident is not any more what its doer looked at. */
function movedOn(error, { version }) {
  if (!(error instanceof Refused) || error.status !== 409 || !('current' in error.body)) return false;
  const { current } = error.body;
  return current === null || current.version !== version;
}

/** PUT the photos one after the other; returns how many did not arrive. */
async function upload(photos, photoUrl) {
  let lost = 0;
  for (const photo of photos) {
    try {
      await put(photoUrl(photo.id), photo.bytes, photo.type);
    } catch {
      lost += 1;
    }
  }
  return lost;
}
