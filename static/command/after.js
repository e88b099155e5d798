/** After a deed: the truth is shown, what was done is said, and for a while it may be undone. */
import { say as sayDeed } from '../shared/deeds/words.js';
import { sendPlain } from './atonce.js';
import { undoOf } from './undo.js';
import { say } from './words.js';

/**
 * @param {object} parts toast(words, way back) · take(incident, words) show what is true now ·
 *   leave(id) the incident is out of sight · redispatch(incident) give it to somebody else
 * @returns {function({deed, id, before, incident, stale, words})} before: as its doer saw it;
 *   incident null: it has left our sight
 */
export function createAfter({ toast, take, leave, redispatch }) {
  function done({ deed, id, before, incident, stale, words }) {
    const name = sayDeed(`kind.${deed}`);
    if (incident === null) {
      leave(id);
      toast(stale ? say('deed.gone') : say('deed.done_and_gone', { deed: name }));
      return;
    }
    take(incident, words);
    if (stale) toast(words);
    else toast(toldOf(deed, name, incident), wayBack(deed, before, incident));
  }

  function wayBack(deed, before, incident) {
    const undo = undoOf(deed, before, incident, say('toast.undo_note'));
    if (undo) return { undo: () => takeBack(incident, undo, sayDeed(`kind.${deed}`)) };
    if (deed !== 'dispatch' || !incident.deeds.includes(deed)) return {};
    return { label: sayDeed('again.dispatch'), act: () => redispatch(incident) };
  }

  async function takeBack(incident, { deed, body }, name) {
    try {
      const answer = await sendPlain(deed, incident, { body });
      if (answer.incident === null) leave(incident.id);
      else take(answer.incident, answer.words);
      toast(answer.stale ? say('toast.not_undone') : say('toast.undone', { number: incident.number, deed: name }));
    } catch {
      toast(say('toast.not_undone'));
    }
  }

  return done;
}

/** What a line says of a deed: which incident, and of a dispatch who has it now. */
function toldOf(deed, name, { number, holder }) {
  return deed === 'dispatch' && holder
    ? say('deed.dispatched', { number, holder })
    : say('deed.done', { number, deed: name });
}
