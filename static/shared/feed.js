/**
 * Keeping a copy of the server's incidents alive: a snapshot, then what happened since.
 *
 * Two ways bring events, and both may bring the same one: the stream, and asking every two
 * seconds while the stream is not open. The store ignores what it has seen already, so no order
 * of answers loses or doubles anything; see static/command/store.js.
 *
 *   const feed = new Feed({ store, clock, loadSnapshot, loadEvents, openStream, onChange, onStatus });
 *   feed.start(); … feed.stop();
 *
 * Status: 'loading', 'live' (stream), 'asking' (polling works), 'stale' (nothing heard for
 * STALE_MS, or never anything), 'signed_out'. Touches no DOM and no fetch, so Node can test it.
 */

export const STALE_MS = 8000;       // the server beats every 4 s; people are told within 10 s
const TICK_MS = 1000;
const ASK_MS = 2000;
const OPEN_MS = STALE_MS;           // a stream that says nothing for so long is dead
const ANSWER_MS = 3000;             // ask again then, whether or not the last question is answered
// Short for good: after a long cut everybody has caught up 5 s after the network is back.
const BACK_OFF_MS = [500, 1000, 2000, 3000];

/** Milliseconds to wait before attempt n (from 0), spread so that a crowd does not return at once. */
export function backOff(attempt, random = Math.random) {
  const wait = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)];
  return wait * (0.75 + random() / 2);
}

export class Feed {
  #parts;
  #timers = new Map();
  #stream = null;
  #streams = false;    // the open stream has spoken: no need to ask
  #heardAt = 0;
  #failures = 0;
  #askFailures = 0;
  #generation = 0;
  #scope = '';         // whose snapshot this is, for the server to compare
  #status = 'loading';

  /**
   * @param {object} parts store: replace(snapshot), apply(event) -> change or null, sequence ·
   *   clock: {now(), set(iso)} server time in ms · loadSnapshot(): promise ·
   *   loadEvents(sequence, scope): promise of {sequence, events}, or {resync: true} ·
   *   openStream(sequence, scope): EventSource-like or null where there is none · onChange(changes or null for everything) ·
   *   onStatus(status, heardAt ms)
   */
  constructor(parts) {
    this.#parts = parts;
  }

  get status() { return this.#status; }

  /** Server time, in ms, of the last word from the server; 0 before the first. */
  get heardAt() { return this.#heardAt; }

  start() {
    this.#after('tick', TICK_MS, () => this.#tick());
    this.#load();
  }

  /** End every timer and the stream; answers that are still under way are dropped. */
  stop() {
    this.#generation += 1;
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
    this.#closeStream();
  }

  /** Look at the clock now, and try at once: a laptop has woken up, or the network is back. */
  poke() {
    if (!this.#timers.has('tick')) return;
    this.#tick();
    if (this.#timers.has('load')) this.#load();
    if (this.#timers.has('ask')) this.#ask();
    if (this.#timers.has('reopen')) this.#reopen();
  }

  // -- snapshot ---------------------------------------------------------------------------------

  async #load() {
    const generation = (this.#generation += 1);
    this.#closeStream();
    try {
      const snapshot = await this.#parts.loadSnapshot();
      if (generation !== this.#generation) return;
      this.#parts.clock.set(snapshot.at);
      this.#scope = snapshot.scope || '';
      this.#parts.store.replace(snapshot);
      this.#askFailures = 0;
      this.#heard('asking');
      this.#parts.onChange(null);
      this.#openStream();
      this.#ask();
    } catch (error) {
      if (generation !== this.#generation || this.#endedBy(error)) return;
      if (!this.#heardAt) this.#say('stale');
      this.#after('load', backOff(this.#askFailures++), () => this.#load());
    }
  }

  // -- stream -----------------------------------------------------------------------------------

  #openStream() {
    const { store, openStream } = this.#parts;
    const stream = openStream(store.sequence, this.#scope);
    if (!stream) return;
    this.#stream = stream;
    const on = (name, act) => stream.addEventListener(name, (message) => {
      if (stream !== this.#stream) return;
      this.#failures = 0;
      act(message);
    });
    on('open', () => this.#streaming());
    on('beat', (message) => this.#beat(JSON.parse(message.data)));
    on('resync', () => this.#load());
    ['put', 'drop'].forEach((name) => on(name, (message) => {
      this.#streaming();
      this.#take([{ event: name, ...JSON.parse(message.data) }]);
    }));
    stream.addEventListener('error', () => { if (stream === this.#stream) this.#streamBroke(); });
    this.#after('silence', OPEN_MS, () => this.#streamBroke());
  }

  /** The stream spoke: no need to ask, and it has OPEN_MS to speak again. */
  #streaming() {
    this.#streams = true;
    this.#cancel('ask');
    this.#after('silence', OPEN_MS, () => this.#streamBroke());
    this.#heard('live');
  }

  /** A beat also says how far the log has been read for us, when all of it was others' business. */
  #beat({ sequence }) {
    this.#streaming();
    this.#reached(sequence);
  }

  #streamBroke() {
    this.#closeStream();
    this.#after('reopen', backOff(this.#failures++), () => this.#openStream());
    this.#ask();
  }

  #reopen() {
    this.#cancel('reopen');
    this.#openStream();
  }

  #closeStream() {
    this.#cancel('silence');
    this.#cancel('reopen');
    if (this.#stream) this.#stream.close();
    this.#stream = null;
    this.#streams = false;
  }

  // -- asking -----------------------------------------------------------------------------------

  /**
   * Ask for what is new, again and again, until the stream speaks. A question that got lost on the
   * way holds up nothing: the next one follows, and the first answer counts.
   */
  async #ask() {
    this.#after('ask', ANSWER_MS, () => this.#ask());
    const generation = this.#generation;
    const { store, loadEvents } = this.#parts;
    try {
      const answer = await loadEvents(store.sequence, this.#scope);
      if (generation !== this.#generation) return;
      if (answer.resync) {
        this.#load();
        return;
      }
      this.#askFailures = 0;
      this.#heard(this.#streams ? 'live' : 'asking');
      this.#take(answer.events);
      this.#reached(answer.sequence);
    } catch (error) {
      if (generation !== this.#generation || this.#endedBy(error)) return;
      this.#askFailures += 1;
    }
    if (this.#streams) {
      this.#cancel('ask');
      return;
    }
    this.#after('ask', this.#askFailures ? backOff(this.#askFailures) : ASK_MS, () => this.#ask());
  }

  // -- what both do -----------------------------------------------------------------------------

  #take(events) {
    const changes = events.map((event) => this.#parts.store.apply(event)).filter(Boolean);
    if (changes.length) this.#parts.onChange(changes);
  }

  #reached(sequence) {
    const { store } = this.#parts;
    store.sequence = Math.max(store.sequence, sequence || 0);
  }

  #heard(status) {
    this.#heardAt = this.#parts.clock.now();
    this.#say(status);
  }

  #tick() {
    this.#after('tick', TICK_MS, () => this.#tick());
    const silent = this.#heardAt && this.#parts.clock.now() - this.#heardAt >= STALE_MS;
    this.#say(silent ? 'stale' : this.#status);
  }

  #say(status) {
    this.#status = status;
    this.#parts.onStatus(status, this.#heardAt);
  }

  /** A refusal for want of a login or a role ends everything: asking again cannot help. */
  #endedBy(error) {
    if (error.status !== 401 && error.status !== 403) return false;
    this.stop();
    this.#say('signed_out');
    return true;
  }

  #after(name, ms, act) {
    this.#cancel(name);
    this.#timers.set(name, setTimeout(() => { this.#timers.delete(name); act(); }, ms));
  }

  #cancel(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
