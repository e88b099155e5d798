/**
 * What the operator has chosen, and keeping every part of the page in step with it: the filter,
 * the incident or area on show, a day told again. Parts draw; the desk decides what.
 */
import { ALL, count, drawn, filterOf, looksBack, ordered, queryOf, sieve, START } from './filter.js';

const FRESH_MS = 20000;    // how long a new row says that it is new
const DAY_MS = 24 * 3600 * 1000;
const AREA = 'area:';
const UNTOLD = { q: '', source: [], due: '', since: '', until: '', counted: '' };    // what a replay cannot answer

export class Desk {
  #parts;
  #filter = { ...START };
  #selected = null;        // an incident's id, 'area:' and a code, or null
  #tree = null;
  #replay = null;          // {rows, now} of a moment gone by, null: live
  #listed = [];
  #fresh = new Map();      // id -> moment it came
  #frame = 0;

  /**
   * @param {object} parts store, past, clock, chart, known, figures, queues, chips, conditions, ticker,
   *   drawer, head, announce, alarm, moved(step): the view has changed; step: worth a way back
   */
  constructor(parts) {
    this.#parts = parts;
  }

  get selected() { return this.#selected; }

  get tree() { return this.#tree; }

  /** All that is listed now, in order. */
  get listed() { return this.#listed; }

  /** The filter as an address carries it, null for that of a fresh page. */
  get query() {
    const query = queryOf(this.#filter);
    return query === queryOf(START) ? null : query;
  }

  /** The areas have come; what the URL wanted can be chosen now. */
  setAreas(tree, wanted) {
    this.#tree = tree;
    this.draw();
    if (wanted) this.select(wanted, { move: false });
  }

  filter(change) {
    this.#filter = { ...this.#filter, ...change };
    this.draw();
    this.#parts.moved(!('q' in change));
  }

  /** What an address asks for; null: what a fresh page shows. */
  useQuery(query) {
    const { shown, order } = this.#filter;
    this.#filter = { ...(query === null ? START : filterOf(query)), shown, order };
    this.draw();
  }

  clearFilter() {
    this.#filter = { ...START, order: this.#filter.order };
    if (this.#area()) this.select(null);
    else {
      this.draw();
      this.#parts.moved(true);
    }
  }

  /** Show a moment gone by ({rows, now}), or null: what is true now. */
  showMoment(moment) {
    this.#replay = moment;
    this.draw();
  }

  /**
   * Choose an incident (its id), an area ('area:' and its code) or nothing (null).
   * @param {{move: boolean, enter: boolean}} how move the map; put the focus into the drawer
   */
  select(id, { move = true, enter = false } = {}) {
    const { chart, drawer, ticker, moved } = this.#parts;
    this.#selected = id;
    const area = this.#area();
    const row = id ? this.#rowOf(id) : null;
    if (!id) drawer.close();
    else if (id.startsWith(AREA)) drawer.openArea(area, area && this.#rowsIn(area));
    else drawer.openIncident(id, row);
    chart.choose(area || (row && this.#tree && this.#tree.get(row.area)));
    this.draw();
    if (row) ticker.reveal(id);
    if (row && move) chart.goTo(row);
    if (enter) drawer.focus();
    moved();
  }

  /** An incident has left our sight; put it away if it is the one on show. */
  leave(id) {
    if (this.#selected === id) this.select(null);
  }

  selectArea(area) { this.select(`${AREA}${area.code}`); }

  /** The area on show, or the one the filter names; '' for none. */
  get areaCode() {
    const area = this.#area();
    return area ? area.code : this.#filter.area;
  }

  /** Choose the next (1) or previous (-1) row of the list. */
  step(by) {
    const id = this.#parts.ticker.next(this.#selected, by);
    if (!id) return;
    this.select(id);
    this.#parts.ticker.focus(id);
  }

  /** The store has changed: {id, before, after} each; null when all of it is new. */
  changed(changes) {
    const { store, past, drawer } = this.#parts;
    this.#welcome(changes || []);
    this.#parts.chart.changed(changes);
    (changes || []).forEach(({ after }) => { if (after) past.take(after); });
    const id = this.#selected;
    const touched = id && !id.startsWith(AREA) && (!changes || changes.some((change) => change.id === id));
    if (touched) drawer.refresh(id, store.get(id));
    this.#drawSoon();
  }

  /** Facts of an incident have come another way than by the feed; the drawer has them already. */
  learn(incident) {
    this.#parts.past.take(incident);
    this.#parts.store.freshen(incident);
    this.#drawSoon();
  }

  /** Time has passed: relative words, rings, what is no longer new, what closed a day ago. */
  tick() {
    const { store, clock } = this.#parts;
    const now = clock.now();
    this.#fresh.forEach((came, id) => { if (now - came > FRESH_MS) this.#fresh.delete(id); });
    store.forgetClosed(now - DAY_MS);
    this.draw({ tally: false });    // none has opened or ended by it
  }

  /** @param {{tally: boolean}} how tally: count anew how many are open in each area */
  draw({ tally = true } = {}) {
    const { store, clock, chart, figures, queues, chips, conditions, ticker, head, drawer, known, past } = this.#parts;
    const now = this.#replay ? this.#replay.now : clock.now();
    const all = this.#replay ? this.#replay.rows : store.rows();
    const area = this.#area();
    const asked = { ...this.#filter, ...(area && { area: area.code }), ...(this.#replay && UNTOLD) };
    const meant = drawn(asked);
    const back = !this.#replay && looksBack(asked) && meant.query !== null;
    const rows = back ? this.#lookBack(meant.query, asked.order) : this.#pick(all, asked, now);
    this.#listed = rows;
    const counts = count(ALL, all, now);
    figures.draw(counts, asked.queue);
    queues(counts, asked.queue);
    chips(this.#filter);
    conditions.draw(this.#filter);
    ticker.draw(rows, { now, selected: this.#selected, fresh: this.#fresh, total: back ? past.count : null });
    head({
      count: back ? past.count : rows.length, state: back ? past.state : '', filter: asked, area, areas: this.#tree && this.#tree.areas.length,
    });
    if (this.#tree && tally) chart.drawCounts(this.#tree.countOpen(all));
    chart.drawIncidents(rows, { now, selected: this.#selected, ...meant, back, replay: this.#replay !== null });
    chart.drawWithin(asked.within);
    if (area) drawer.recount(area, this.#rowsIn(area));
    if (!back) past.forget();
    document.body.dataset.list = back ? 'back' : 'live';
  }

  #pick(all, asked, now) {
    const holds = sieve(asked, this.#parts.known);
    return ordered(all.filter((row) => holds(row, now)), asked.order);
  }

  /** What the server has found. */
  #lookBack(query, order) {
    const { past } = this.#parts;
    past.ask(`${query}&order=${order}`);
    return past.rows;
  }

  /** A burst of events is one drawing; a hidden tab draws when it is looked at again. */
  #drawSoon() {
    this.#frame = this.#frame || requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  #rowOf(id) {
    const { store, past } = this.#parts;
    return store.get(id) || past.rows.find((row) => row.id === id) || null;
  }

  #area() {
    const id = this.#selected;
    return this.#tree && id && id.startsWith(AREA) ? this.#tree.get(id.slice(AREA.length)) : null;
  }

  #rowsIn(area) {
    const codes = this.#tree.codesUnder(area);
    return this.#parts.store.rows().filter((row) => codes.has(row.area));
  }

  #welcome(changes) {
    const { clock, chart, announce, alarm } = this.#parts;
    const born = changes.filter(({ before, after }) => !before && after && after.state === 'reported');
    born.forEach(({ after }) => {
      this.#fresh.set(after.id, clock.now());
      chart.pulse(after);
    });
    if (born.length) announce(born[born.length - 1].after);
    // Also one that was corrected to an emergency; not one that was closed or handed to us late.
    alarm(changes.map(({ before, after }) => (after && after.emergency && !(before && before.emergency)
      && ['reported', 'pre_check', 'accepted'].includes(after.state) ? after : null)).filter(Boolean));
  }
}
