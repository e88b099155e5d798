/**
 * What the answer to one sending means for what waits on the phone. Pure.
 *
 *   later   try again with back-off: no network, a page that is not ours, server busy or broken
 *   login   nobody is logged in: stop, keep everything, ask
 *   stuck   as it stands it will never be taken: 需处理, a person must look
 *
 * Nothing here ever means "throw away".
 */
import { Refused } from '../shared/api.js';

const HOPELESS = new Set([400, 404, 405, 410, 413, 415, 422]);
const REUSED = new Set(['id_reused', 'photo_id_reused']);
const CUT_ON_THE_WAY = 'sha256_mismatch';
const OLD_PAGE = 'csrf';    // a reload mends it
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 300000;

/**
 * @param {Error} error what the courier threw
 * @param {boolean} isDeed a step on an incident: somebody was first, or it is not theirs to take
 * @returns {{kind: string, reason: string}} reason: the server's words, '' where it said none
 */
export function verdict(error, isDeed = false) {
  if (!(error instanceof Refused)) return { kind: error.lost ? 'stuck' : 'later', reason: '' };
  if (error.status === 401) return { kind: 'login', reason: error.message };
  const hopeless = HOPELESS.has(error.status) && error.code !== CUT_ON_THE_WAY;
  const decided = isDeed && [403, 409].includes(error.status) && error.code !== OLD_PAGE;
  const kind = hopeless || decided || REUSED.has(error.code) ? 'stuck' : 'later';
  return { kind, reason: error.message };
}

/**
 * Milliseconds to wait after so many failures in a row: 1, 2, 4 … up to 300 s, of which the last
 * fifth is chance, so that a hundred phones do not come back in one instant.
 */
export function backOff(tries, chance = Math.random()) {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  return Math.round(full * (0.8 + 0.2 * chance));
}
