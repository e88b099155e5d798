/**
 * What this desk knows of the incidents of its territory. Pure; the feed writes, others read.
 *
 * The rule that makes any mix of snapshot, stream and polling end in the same truth: an event
 * is applied once, in order of its sequence number, and a row never gives way to an older version.
 * What has become void leaves, as it is not in a fresh snapshot either.
 */
import { isOnMap } from '../shared/states.js';
import { msOf } from '../shared/when.js';

export class Store {
  #rows = new Map();

  /** Sequence number of the last event applied. */
  sequence = 0;

  /** Start again from {sequence, incidents: [row]}. */
  replace({ sequence, incidents }) {
    this.sequence = sequence;
    this.#rows = new Map(incidents.map((row) => [row.id, row]));
  }

  /**
   * Apply one event: {event: 'put', sequence, row} or {event: 'drop', sequence, id}.
   * @returns {{id, before: object|null, after: object|null}|null} null when it changed nothing
   */
  apply(event) {
    if (event.sequence <= this.sequence) return null;
    this.sequence = event.sequence;
    if (event.event === 'put') return this.#put(event.row);
    return this.#drop(event.id);
  }

  /**
   * Take newer facts of a row that came another way, such as the answer to a deed. A row that is
   * not here stays away: it may have been dropped while the answer was under way.
   */
  freshen(row) {
    return this.#rows.has(row.id) ? this.#put(row) : null;
  }

  /** Forget what was closed before a moment (ms); returns the changes. */
  forgetClosed(before) {
    const old = this.rows().filter((row) => row.closed_at && msOf(row.closed_at) < before);
    return old.map((row) => {
      this.#rows.delete(row.id);
      return { id: row.id, before: row, after: null };
    });
  }

  get(id) { return this.#rows.get(id) || null; }

  rows() { return Array.from(this.#rows.values()); }

  #put(row) {
    const before = this.#rows.get(row.id) || null;
    // Equal versions still replace: an arriving photo changes the row and not its version.
    if (before && before.version > row.version) return null;
    if (!isOnMap(row)) return this.#drop(row.id);
    this.#rows.set(row.id, row);
    return { id: row.id, before, after: row };
  }

  #drop(id) {
    const before = this.#rows.get(id);
    if (!before) return null;
    this.#rows.delete(id);
    return { id, before, after: null };
  }
}
