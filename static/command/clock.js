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

/** The first moment (ms) of the local day that holds a moment. */
export function startOfDay(ms) {
  return new Date(ms).setHours(0, 0, 0, 0);
}
