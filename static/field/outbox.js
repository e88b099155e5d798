/**
 * Keeps every item, a report or a deed, on the phone until the server has it. Order of capture is
 * order of arrival; see line.js for who goes next.
 *
 * An item leaves the store in three ways only: a matching receipt, a person who discards it, or
 * back into its form. Touches no DOM and no network: store, deliver, clock and timers are handed in.
 */
import { next, onVersion, rebased, wakeAt } from './line.js';
import { createSignal } from './signal.js';
import { snapshot } from './snapshot.js';
import { asked, backOff, verdict } from './verdict.js';

const OTHER_TAB_MS = 5000;

/**
 * @param {Object} parts
 *   store     see db.js
 *   deliver   (item) -> receipt, or throws; see courier.js
 *   owner     username; on a shared phone only the owner's items are sent
 *   turn      (work) -> false when another tab sends; see turn.js
 *   now, setTimer, clearTimer   the clock
 */
export function createOutbox({
  store, deliver, owner, turn = alone,
  now = () => Date.now(), setTimer = (call, ms) => setTimeout(call, ms), clearTimer = (id) => clearTimeout(id),
}) {
  const changed = createSignal();
  let running = null;
  let hurried = false;
  let needsLogin = false;
  let sending = null;     // id of the item on its way
  let sent = 0;
  let timer = null;

  /**
   * Resolves once the item and its photos are on disk, and its draft is gone; only then may the
   * form be cleared. `held_until` (epoch ms): not sent before, not even in a hurry.
   */
  async function keep(item, photos, draft = null) {
    const kept = { kind: item.deed ? 'deed' : 'report', ...item, owner, ...FRESH };
    await store.add(kept, photos, draft);
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
    const hurry = hurried;
    hurried = false;
    const mine = await turn(() => drain(hurry));
    const wake = mine === false ? now() + OTHER_TAB_MS : wakeAt(await items(), now());
    const again = { hurry: mine === false && hurry };
    if (wake !== null && (mine === false || !needsLogin)) timer = setTimer(() => flush(again), Math.max(0, wake - now()));
    await tell();
  }

  async function drain(hurry) {
    let rush = hurry;
    if (rush) needsLogin = false;
    const tried = new Set();
    for (;;) {
      const item = needsLogin ? null : next(await items(), { tried, rush, at: now() });
      if (!item) break;
      if (await attempt(item)) rush = true;   // the line is open: go on at once
      else tried.add(item.id);
    }
  }

  async function attempt(item) {
    sending = item.id;
    await tell({ entry: item });
    try {
      const receipt = await deliver(item);
      await store.remove(item, rebased(await items(), item, receipt));
      sending = null;
      sent += 1;
      await tell({ entry: item, receipt });
      return true;
    } catch (error) {
      sending = null;
      return mark(item, error);
    }
  }

  /** Write down how it failed. True: mended, send it again at once. */
  async function mark(item, error) {
    const { kind, reason } = verdict(error, item.deed);
    needsLogin = kind === 'login';
    const failed = { ...item, ...failure(item, error, kind), reason };
    const behind = error.delivered ? rebased(await items(), item, error.delivered) : [];
    await store.save(failed, behind);
    if (kind === 'again') return failed.tries === 1;
    await tell({ entry: failed, error });
    return false;
  }

  function failure(item, error, kind) {
    const told = { code: error.code || '', status: error.status || 0, part: error.photo || null };
    const arrived = error.delivered ? { delivered: true } : {};
    if (kind === 'login') return arrived;
    if (kind === 'stuck') return { ...told, ...arrived, state: 'stuck' };
    if (kind === 'conflict') return { ...told, state: 'conflict', current: snapshot(error.body.current, item.seen) };
    const tries = item.tries + 1;
    const later = { ...arrived, tries, next_at: now() + Math.max(backOff(tries), asked(error)) };
    return kind === 'again' ? { ...later, body: onVersion(item, error.body.current.version).body } : later;
  }

  /** Put an item back into the queue, with what a person changed about it. */
  async function retry(item, changes = {}) {
    await store.save({ ...item, ...FRESH, ...changes });
    return flush({ hurry: true });
  }

  /** Throw an item away: only ever because a person said so. */
  async function discard({ id }) {
    const stored = (await store.items()).find((item) => item.id === id);
    if (stored) await store.remove(stored);
    await tell({ entry: stored, gone: true });
  }

  /** Back into its form, as a draft. */
  async function reopen({ id }, draft) {
    const stored = (await store.items()).find((item) => item.id === id);
    if (stored) await store.reopen(stored, draft);
    await tell({ entry: stored, gone: true });
  }

  /** Everything of this owner still on the phone, oldest first. */
  async function items() {
    return (await store.items()).filter((item) => item.owner === owner);
  }

  async function counts() {
    const all = await store.items();
    const own = all.filter((item) => item.owner === owner);
    const waiting = own.filter((item) => item.state === 'waiting').length;
    return {
      waiting, stuck: own.length - waiting, others: all.length - own.length, sent, sending, needsLogin,
    };
  }

  /** Listeners hear {counts, entry, receipt, error, gone} after each change. */
  async function tell(news = {}) {
    changed.tell({ counts: await counts(), ...news });
  }

  return {
    keep, flush, retry, discard, reopen, entries: items, listen: changed.listen, stop: () => clearTimer(timer),
  };
}

const FRESH = { state: 'waiting', tries: 0, next_at: 0, reason: '', code: '', status: 0, part: null, current: null };

/** No other tab. */
const alone = (work) => work();
