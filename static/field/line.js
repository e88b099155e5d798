/** Who is next in the queue, and what a delivery means for those behind. Pure. */

// After three hours of failures of one item the others may pass it: a single report that breaks the
// server must not hold back a whole day's work. Tries alone say little: each new report is a hurry,
// so that forty are soon made in a cellar.
const PASSED_AFTER = 40;
const PASSED_AFTER_MS = 3 * 3600 * 1000;

/**
 * The items that may go now or wake the queue later, oldest first: the first that waits, and whom
 * it lets pass (held back so that it can be undone, or failed too often). Of one incident never
 * the second before the first: what is stuck lets others pass, but not its own incident's.
 */
export function heads(items, at) {
  const taken = new Set();
  const found = [];
  for (const item of items) {
    const first = !taken.has(subject(item));
    if (!item.delivered) taken.add(subject(item));
    if (first && item.state === 'waiting') {
      found.push(item);
      if (!isPassed(item, at) && heldUntil(item) <= at) break;
    }
  }
  return found;
}

const isPassed = ({ tries, made_at: made }, at) => tries >= PASSED_AFTER && at - Date.parse(made) >= PASSED_AFTER_MS;

/** The one to send now, or null. rush: back-off does not count. tried: ids that failed just now. */
export function next(items, { at, rush, tried }) {
  const may = (item) => !tried.has(item.id) && heldUntil(item) <= at && (rush || item.next_at <= at);
  return heads(items, at).find(may) || null;
}

/** When to look again, epoch ms, or null. */
export function wakeAt(items, at) {
  const moments = heads(items, at).map((item) => Math.max(item.next_at, heldUntil(item)));
  return moments.length ? Math.min(...moments) : null;
}

/**
 * Deeds made on the same look at an incident as the one that has just been done: their doer knew
 * of it, so they stand on what it made. At most one version on: more is somebody else's doing.
 */
export function rebased(items, item, receipt) {
  if (!item.deed || !receipt.incident) return [];
  const seen = versionOf(item);
  const version = Math.min(receipt.incident.version, seen + 1);
  const behind = (other) => other.deed && other.order > item.order && other.incident === item.incident
    && other.state === 'waiting' && versionOf(other) === seen;
  return version === seen ? [] : items.filter(behind).map((other) => onVersion(other, version));
}

/** The same deed on another version of its incident. */
export const onVersion = (item, version) => ({
  ...item, body: JSON.stringify({ ...JSON.parse(item.body), seen_version: version }),
});

const versionOf = (item) => JSON.parse(item.body).seen_version;
const subject = (item) => item.incident || item.id;
const heldUntil = (item) => item.held_until || 0;
