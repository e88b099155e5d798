/** A day told again: how every incident stood at any second of it. Pure. */

/** @param {object} told the answer of /api/command/replay */
export class Day {
  #told;
  #start;
  #rows;
  #states;
  #applied = 0;    // how many of the changes are in #states
  #second = -1;

  constructor(told) {
    this.#told = told;
    this.#start = Date.parse(told.from);
    this.length = Math.round((Date.parse(told.to) - this.#start) / 1000);
    this.#rows = told.incidents.map(rowOf);
    this.#rewind();
  }

  /** The moment (ms) so many seconds after midnight. */
  at(second) { return this.#start + second * 1000; }

  /** The rows as they stood then: reported by then, not void, neither ended before the day. */
  rows(second) {
    if (second < this.#second) this.#rewind();
    const { changes } = this.#told;
    while (this.#applied < changes.length && changes[this.#applied][1] <= second) {
      const [place, when, state] = changes[this.#applied];
      this.#states[place] = { state, closed_at: state === 'closed' ? new Date(this.at(when)).toISOString() : null };
      this.#applied += 1;
    }
    this.#second = second;
    return this.#rows.flatMap((row, place) => {
      const stood = this.#states[place];
      return stood && stood.state !== 'void' ? [{ ...row, ...stood }] : [];
    });
  }

  #rewind() {
    this.#states = this.#told.incidents.map((line) => {
      const state = line[9];
      return state && state !== 'closed' ? { state, closed_at: null } : null;
    });
    this.#applied = 0;
    this.#second = -1;
  }
}

/** A row as the list and the map know it; of deadlines the log of states says nothing. */
function rowOf([id, number, category, category_name, area, area_name, lon, lat, reported]) {
  return {
    id, number, category, category_name, area, area_name, lon, lat,
    reported_at: new Date(reported * 1000).toISOString(),
    due_at: null, stage_due_at: null, amber_at: null, suspended: false, open_problem: false, objection: false, stand_in: false,
    source: '', holder: '', method: '', words: '', settled: false, version: 0, photos: 0,
  };
}
