/**
 * Keeps every report, and every deed, on the phone until the server has it. Order of capture is order
 * of arrival: the oldest goes first, and while it cannot go the younger ones wait behind it. Only
 * what is held back for a moment, so that it can be undone, lets the others pass.
 *
 * A report leaves the store in two ways only: a matching receipt, or a person who discards it.
 * Touches no DOM and no network: store, deliver, clock and timers are handed in.
 */
import { createSignal } from './signal.js';
import { backOff, verdict } from './verdict.js';

// After about three hours of refusals of one report the others may pass it: a single report
// that breaks the server must not hold back a whole day's work.
const PASSED_AFTER = 40;

/**
 * @param {Object} parts
 *   store     reports(), add(entry, photos), save(entry), remove(entry); see db.js
 *   deliver   (entry) -> receipt, or throws; see courier.js
 *   owner     username; on a shared phone only the owner's reports are sent
 *   now, setTimer, clearTimer   the clock
 */
export function createOutbox({
  store, deliver, owner,
  now = () => Date.now(), setTimer = (call, ms) => setTimeout(call, ms), clearTimer = (id) => clearTimeout(id),
}) {
  const changed = createSignal();
  let running = null;
  let hurried = false;
  let needsLogin = false;
  let sending = false;
  let sent = 0;
  let timer = null;

  /**
   * Resolves once the report (or deed) and its photos are on disk; only then may the form be
   * cleared. `held_until` (epoch ms): not sent before, not even in a hurry.
   */
  async function keep(report, photos) {
    const entry = { ...report, owner, state: 'waiting', tries: 0, next_at: 0, reason: '' };
    await store.add(entry, photos);
    await tell();
    flush({ hurry: true });
  }

  /** Send what is due. hurry: do not wait for the back-off (a button, or the network came back). */
  function flush({ hurry = false } = {}) {
    hurried = hurried || hurry;
    if (!running) {
      running = run().finally(() => {
        running = null;
        return hurried ? flush() : undefined;   // asked for while we were busy
      });
    }
    return running;
  }

  async function run() {
    clearTimer(timer);
    let rush = hurried;
    if (rush) needsLogin = false;
    hurried = false;
    const tried = new Set();
    for (;;) {
      const entry = needsLogin ? null : pick(await waiting(), { tried, rush, at: now() });
      if (!entry) break;
      if (await attempt(entry)) rush = true;   // the line is open: go on at once
      else tried.add(entry.id);
    }
    plan(await waiting());
    await tell();
  }

  async function attempt(entry) {
    sending = true;
    await tell({ entry });
    try {
      const receipt = await deliver(entry);
      await store.remove(entry);
      sending = false;
      sent += 1;
      await tell({ entry, receipt });
      return true;
    } catch (error) {
      sending = false;
      await mark(entry, error);
      return false;
    }
  }

  async function mark(entry, error) {
    const { kind, reason } = verdict(error, Boolean(entry.deed));
    needsLogin = kind === 'login';
    entry.reason = reason;
    if (kind === 'stuck') entry.state = 'stuck';
    if (kind === 'later') {
      entry.tries += 1;
      entry.next_at = now() + backOff(entry.tries);
    }
    await store.save(entry);
    await tell({ entry, error });
  }

  /** Wake up when the first report that may go is due again. */
  function plan(queue) {
    if (!queue.length || needsLogin) return;
    const due = Math.min(...ahead(queue, now()).map((entry) => Math.max(entry.next_at, heldUntil(entry))));
    timer = setTimer(() => flush(), Math.max(0, due - now()));
  }

  /** Put a stuck report back into the queue. */
  async function retry(entry) {
    await store.save({ ...entry, state: 'waiting', tries: 0, next_at: 0 });
    return flush({ hurry: true });
  }

  /** Throw a report away: only ever because a person said so. */
  async function discard({ id }) {
    const stored = (await store.reports()).find((entry) => entry.id === id);
    if (stored) await store.remove(stored);
    await tell();
  }

  /** Everything of this owner still on the phone, oldest first. */
  async function entries() {
    return (await store.reports()).filter((entry) => entry.owner === owner);
  }

  async function waiting() {
    return (await entries()).filter((entry) => entry.state === 'waiting');
  }

  async function counts() {
    const all = await store.reports();
    const own = all.filter((entry) => entry.owner === owner);
    const stuck = own.filter((entry) => entry.state === 'stuck').length;
    return {
      waiting: own.length - stuck, stuck, others: all.length - own.length, sent, sending, needsLogin,
    };
  }

  /** Listeners hear {counts, entry, receipt, error} after each change. */
  async function tell(news = {}) {
    changed.tell({ counts: await counts(), ...news });
  }

  return {
    keep, flush, retry, discard, entries, listen: changed.listen, stop: () => clearTimer(timer),
  };
}

/** The oldest report that may go at this moment, or null: behind a waiting one all wait. */
function pick(queue, { tried, rush, at }) {
  const free = (entry) => !tried.has(entry.id) && heldUntil(entry) <= at && (rush || entry.next_at <= at);
  return ahead(queue, at).find(free) || null;
}

/** The head of the queue, and whom it lets pass: held back, or failed too often. */
function ahead(queue, at) {
  const end = queue.findIndex((entry) => entry.tries < PASSED_AFTER && heldUntil(entry) <= at);
  return end < 0 ? queue : queue.slice(0, end + 1);
}

const heldUntil = (entry) => entry.held_until || 0;
