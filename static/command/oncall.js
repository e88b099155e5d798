/**
 * Who is on emergency duty, and where they were last: asked for again while the page is looked at,
 * so that whoever switches it off is gone from here within a minute. Nothing is kept of before.
 */
const ASK_MS = 30000;
const LATE_MS = 10 * 60000;

export class OnCall {
  #load;
  #changed;
  #askedAt = -Infinity;

  /** {id, name, phone, area, areas, lon, lat, at}: areas by code, the first named; lon null: no position. */
  people = [];

  /** @param {function(): Promise<{people}>} load  @param {function(boolean)} changed ages have; true: so have the people */
  constructor(load, changed) {
    this.#load = load;
    this.#changed = changed;
  }

  /** Time has passed: ages grow, and after half a minute somebody asks again. */
  async tick(visible = !document.hidden, ms = performance.now()) {
    this.#changed(false);
    if (!visible || ms - this.#askedAt < ASK_MS) return;
    this.#askedAt = ms;
    // What could not be asked stays, and is seen to grow old.
    const people = await this.#load().then((told) => told.people, () => this.people);
    if (JSON.stringify(people) === JSON.stringify(this.people)) return;
    this.people = people;
    this.#changed(true);
  }
}

/** Whether a position is too old to send somebody by it. */
export const isLate = ({ at }, now) => now - Date.parse(at) > LATE_MS;

/** Those on emergency duty for an area or one below it. */
export const onCallIn = (people, codes) => people.filter(({ areas }) => areas.some((code) => codes.has(code)));
