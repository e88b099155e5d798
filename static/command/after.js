/** After a deed: the truth is shown, what was done is said, and for a while it may be undone. */
import { urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { sendDeed } from '../shared/deeds/send.js';
import { say as sayDeed } from '../shared/deeds/words.js';
import { uuid } from '../shared/uuid.js';
import { say } from './words.js';

const UNDO = { refuse: 'restore', merge: 'restore' };
const NOTHING_ASKED = { read: () => ({}), photos: () => [], blame: () => false };

/**
 * @param {object} parts toast(words, undo) · take(incident, words) show what is true now ·
 *   leave(id) the incident is out of sight
 * @returns {function({deed, id, incident, stale, words})} incident null: it has left our sight
 */
export function createAfter({ toast, take, leave }) {
  function done({ deed, id, incident, stale, words }) {
    const name = sayDeed(`kind.${deed}`);
    if (incident === null) {
      leave(id);
      toast(stale ? say('deed.gone') : say('deed.done_and_gone', { deed: name }));
      return;
    }
    const told = stale ? words : [say('deed.done', { deed: name }), words].filter(Boolean).join(' ');
    take(incident, told);
    if (!stale && UNDO[deed]) toast(say('deed.done', { deed: name }), () => undo(incident, UNDO[deed]));
  }

  async function undo(incident, deed) {
    try {
      const url = urlFor(config.urls.deed, { id: incident.id, deed });
      const answer = await sendDeed({ url, photoUrl: null, incident, id: uuid(), form: NOTHING_ASKED });
      done({ deed, id: incident.id, ...answer });
    } catch {
      toast(say('toast.not_undone'));
    }
  }

  return done;
}
