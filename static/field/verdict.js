/**
 * What the answer to one sending means for what waits on the phone. Pure.
 *
 *   later      try again with back-off: no network, a page that is not ours, server busy or broken
 *   login      nobody is logged in: stop, keep everything, ask
 *   again      only the version was old, and these words are true on any: send them on the new one
 *   conflict   somebody was first: the worker sees both versions and chooses
 *   stuck      as it stands it will never be taken: 需处理, a person must look
 *
 * Nothing here ever means "throw away".
 */
import { Refused } from '../shared/api.js';

const HOPELESS = new Set([400, 403, 404, 405, 409, 410, 413, 415, 422]);
const REUSED = new Set(['id_reused', 'photo_id_reused']);
// Cut on the way; an old page, which a reload mends.
const MENDS_ITSELF = new Set(['sha256_mismatch', 'csrf']);
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 300000;
const LONGEST_ASKED_MS = 3600000;

/**
 * @param {Error} error what the courier threw
 * @param {?string} deed its name, or nothing for a report
 * @returns {{kind: string, reason: string}} reason: the server's words, '' where it said none
 */
export function verdict(error, deed = null) {
  if (!(error instanceof Refused)) return { kind: error.lost ? 'stuck' : 'later', reason: '' };
  return { kind: meaning(error, deed), reason: error.message };
}

function meaning({ status, code, body }, deed) {
  if (status === 401) return 'login';
  if (!HOPELESS.has(status) || MENDS_ITSELF.has(code)) return 'later';
  const open = deed && status === 409 && !REUSED.has(code) && body.current;
  if (!open) return 'stuck';
  return deed === 'remark' && code === 'stale' ? 'again' : 'conflict';
}

/**
 * Milliseconds to wait after so many failures in a row: 1, 2, 4 … up to 300 s, of which the last
 * fifth is chance, so that a hundred phones do not come back in one instant.
 */
export function backOff(tries, chance = Math.random()) {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  return Math.round(full * (0.8 + 0.2 * chance));
}

/** What a busy server asked for, in ms; an hour at most, whatever stands there. */
export const asked = ({ retryAfter = 0 }) => Math.min(LONGEST_ASKED_MS, (retryAfter || 0) * 1000);
