/**
 * Which of the deeds that are open is the one to press: the main one, two beside it, the rest under
 * "more", and apart from all the ones that end a case without handling it. Pure.
 */
import { say } from './words.js';

// By state, the likeliest first; whoever looks has only their own side's deeds in the list.
const FIRST = {
  reported: ['accept', 'settle', 'ask_check'],
  pre_check: ['check', 'accept'],
  accepted: ['decide', 'dispatch', 'start', 'whistle', 'settle'],
  dispatched: ['grant_extension', 'refuse_extension', 'sign', 'report_in', 'assist', 'press', 'dispatch', 'arrive', 'return'],
  in_progress: ['grant_extension', 'refuse_extension', 'resume', 'answer', 'arrive', 'report_in', 'assist', 'press', 'suspend', 'ask_extension'],
  answered: ['report_in', 'assist', 'close', 'ask_verify', 'pass', 'fail'],
  verifying: ['pass', 'fail'],
  closed: ['rate', 'call_back', 'rate_help', 'reopen'],
  void: ['restore'],
};
const DANGEROUS = ['refuse', 'merge'];
const BESIDE = 2;

/** What a deed's button says; a case that somebody has already is dispatched anew. */
export function nameOf(deed, { dispatches = [], state }) {
  const again = deed === 'dispatch' && state !== 'accepted' && dispatches.length > 0;
  return again ? say('again.dispatch') : say(`deed.${deed}`);
}

/** Whether a deed ends a case without handling it. */
export const isDangerous = (deed) => DANGEROUS.includes(deed);

/**
 * @param {string[]} deeds open now  @param {string} state of the incident
 * @returns {{main: string|null, beside: string[], more: string[], danger: string[]}}
 */
export function arrange(deeds, state) {
  const danger = DANGEROUS.filter((deed) => deeds.includes(deed));
  const safe = deeds.filter((deed) => !danger.includes(deed));
  const first = (FIRST[state] || []).filter((deed) => safe.includes(deed));
  const [main = null, ...rest] = [...first, ...safe.filter((deed) => !first.includes(deed))];
  return { main, beside: rest.slice(0, BESIDE), more: rest.slice(BESIDE), danger };
}
