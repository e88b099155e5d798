/** Time that runs out, and stands still while somebody reads. Pure but for the clock. */

const AT_LEAST_MS = 3000;    // what is left to look up again when it goes on

/** @param {number} ms until end() is called  @param {function()} end */
export class Countdown {
  #end;
  #left;
  #since = 0;
  #timer = null;

  constructor(ms, end) {
    this.#left = ms;
    this.#end = end;
    this.resume();
  }

  pause() {
    if (this.#timer === null) return;
    this.stop();
    this.#left = Math.max(AT_LEAST_MS, this.#left - (Date.now() - this.#since));
  }

  resume() {
    if (this.#timer !== null) return;
    this.#since = Date.now();
    this.#timer = setTimeout(this.#end, this.#left);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
