/**
 * Deeds that one press does: those that need nothing said and can be put right afterwards. Whatever
 * is pressed while one is under way is not heard; the same press again after a lost answer is the
 * same deed.
 */
import { get, Refused, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { sendDeed } from '../shared/deeds/send.js';
import { uuid } from '../shared/uuid.js';
import { say } from './words.js';

const AT_ONCE = new Set(['accept', 'ask_check', 'ask_verify', 'dispatch', 'report_in', 'restore', 'resume', 'sign', 'start']);
const NOTHING_ASKED = { photos: () => [], blame: () => false };

/** Whether one press does it. A case that somebody has is dispatched anew by hand, not by rule. */
export const isAtOnce = (deed, { state }) => AT_ONCE.has(deed) && (deed !== 'dispatch' || state === 'accepted');

/** Send a deed that needs no form. @see sendDeed for what it returns and throws */
export function sendPlain(deed, incident, { id = uuid(), body = {} } = {}) {
  const url = urlFor(config.urls.deed, { id: incident.id, deed });
  return sendDeed({ url, photoUrl: null, incident, id, form: { ...NOTHING_ASKED, read: () => body } });
}

/**
 * @param {object} on done({deed, id, before, incident, stale, words}) · failed(incident, words) nothing was
 *   done and nothing has moved · ask(deed, incident) it needs its form after all · changed(id) one
 *   is under way, or no more
 */
export function createAtOnce({ done, failed, ask, changed }) {
  const busy = new Map();        // incident's id -> the deed under way
  const unanswered = new Map();  // deed, incident and version -> the id of the first try
  const rules = new Map();       // incident and version -> Promise of the rule that fits, or null

  /** The rule that says whose an accepted case is: {name, to: {name}}, or null. */
  function ruleOf(incident) {
    const key = `${incident.id} ${incident.version}`;
    if (!rules.has(key)) {
      rules.clear();    // only the one on show is ever asked for
      const asked = get(urlFor(config.urls.choices, { id: incident.id })).then(({ rule }) => rule);
      asked.catch(() => rules.delete(key));
      rules.set(key, asked);
    }
    return rules.get(key);
  }

  async function act(deed, incident) {
    if (busy.has(incident.id)) return;
    busy.set(incident.id, deed);
    changed(incident.id);
    try {
      await send(deed, incident);
    } catch (error) {
      if (error instanceof Refused && error.code === 'no_rule') ask(deed, incident);
      else failed(incident, error instanceof Refused ? error.message : say('deed.unsent'));
    }
    busy.delete(incident.id);
    changed(incident.id);
  }

  async function send(deed, incident) {
    if (deed === 'dispatch' && !(await ruleOf(incident))) {
      ask(deed, incident);
      return;
    }
    const key = `${deed} ${incident.id} ${incident.version}`;
    const id = unanswered.get(key) || uuid();
    unanswered.set(key, id);
    const answer = await sendPlain(deed, incident, { id }).catch((error) => {
      if (error instanceof Refused) unanswered.delete(key);
      throw error;
    });
    unanswered.delete(key);
    done({ deed, id: incident.id, before: incident, ...answer });
  }

  return { act, ruleOf, busyWith: (id) => busy.get(id) || '' };
}
