/** The server's time on a desk whose own clock may be wrong. Milliseconds since 1970. */
export class ServerClock {
  #ahead = 0;
  #read;

  /** @param {function(): number} read the local clock */
  constructor(read = Date.now) {
    this.#read = read;
  }

  /** Learn the difference from a moment the server has just written (ISO 8601). */
  set(iso) {
    this.#ahead = Date.parse(iso) - this.#read();
  }

  now() {
    return this.#read() + this.#ahead;
  }
}

/** The first moment (ms) of the local day that holds a moment. Asked for every row: kept for a day. */
export function startOfDay(ms) {
  if (ms < day.from || ms >= day.to) {
    const midnight = new Date(ms);
    const from = midnight.setHours(0, 0, 0, 0);
    day = { from, to: midnight.setDate(midnight.getDate() + 1) };
  }
  return day.from;
}

let day = { from: 0, to: 0 };
