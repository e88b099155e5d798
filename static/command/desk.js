/**
 * What the operator has chosen, and keeping every part of the page in step with it: the filter,
 * the incident or area on show. Parts draw; the desk decides what.
 */
import { countFigures, pick, START } from './filter.js';

const FRESH_MS = 20000;    // how long a new row says that it is new
const DAY_MS = 24 * 3600 * 1000;
const AREA = 'area:';

export class Desk {
  #parts;
  #filter = { ...START };
  #selected = null;        // an incident's id, 'area:' and a code, or null
  #tree = null;
  #fresh = new Map();      // id -> moment it came
  #frame = 0;

  /** @param {object} parts store, clock, chart, figures, ticker, drawer, head, announce, moved */
  constructor(parts) {
    this.#parts = parts;
  }

  get selected() { return this.#selected; }

  get tree() { return this.#tree; }

  /** The areas have come; what the URL wanted can be chosen now. */
  setAreas(tree, wanted) {
    this.#tree = tree;
    this.draw();
    if (wanted) this.select(wanted, { move: false });
  }

  filter(change) {
    this.#filter = { ...this.#filter, ...change };
    this.draw();
  }

  clearFilter() {
    this.#filter = { ...START, order: this.#filter.order };
    if (this.#area()) this.select(null);
    else this.draw();
  }

  /**
   * Choose an incident (its id), an area ('area:' and its code) or nothing (null).
   * @param {{move: boolean, enter: boolean}} how move the map; put the focus into the drawer
   */
  select(id, { move = true, enter = false } = {}) {
    const { store, chart, drawer, ticker, moved } = this.#parts;
    this.#selected = id;
    const area = this.#area();
    const row = id ? store.get(id) : null;
    this.#filter = { ...this.#filter, areas: area ? this.#tree.codesUnder(area) : null };
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

  /** Choose the next (1) or previous (-1) row of the list. */
  step(by) {
    const id = this.#parts.ticker.next(this.#selected, by);
    if (!id) return;
    this.select(id);
    this.#parts.ticker.focus(id);
  }

  /** The store has changed: {id, before, after} each; null when all of it is new. */
  changed(changes) {
    const { store, drawer } = this.#parts;
    this.#welcome((changes || []).filter(({ before, after }) => !before && after && after.state === 'reported'));
    const id = this.#selected;
    const touched = id && !id.startsWith(AREA) && (!changes || changes.some((change) => change.id === id));
    if (touched) drawer.refresh(id, store.get(id));
    this.#drawSoon();
  }

  /** Facts of an incident have come another way than by the feed; the drawer has them already. */
  learn(incident) {
    if (this.#parts.store.freshen(incident)) this.#drawSoon();
  }

  /** Time has passed: relative words, rings, what is no longer new, what closed a day ago. */
  tick() {
    const { store, clock } = this.#parts;
    const now = clock.now();
    this.#fresh.forEach((came, id) => { if (now - came > FRESH_MS) this.#fresh.delete(id); });
    store.forgetClosed(now - DAY_MS);
    this.draw();
  }

  draw() {
    const { store, clock, chart, figures, ticker, head, drawer } = this.#parts;
    const now = clock.now();
    const all = store.rows();
    const rows = pick(all, this.#filter, now);
    const area = this.#area();
    figures.draw(countFigures(all, now), this.#filter.figure);
    ticker.draw(rows, { now, selected: this.#selected, fresh: this.#fresh });
    head({ count: rows.length, filter: this.#filter, area, areas: this.#tree && this.#tree.areas.length });
    if (this.#tree) chart.drawCounts(this.#tree.countOpen(all));
    chart.drawIncidents(rows, { now, selected: this.#selected });
    if (area) drawer.recount(area, this.#rowsIn(area));
  }

  /** A burst of events is one drawing; a hidden tab draws when it is looked at again. */
  #drawSoon() {
    this.#frame = this.#frame || requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  #area() {
    const id = this.#selected;
    return this.#tree && id && id.startsWith(AREA) ? this.#tree.get(id.slice(AREA.length)) : null;
  }

  #rowsIn(area) {
    const codes = this.#tree.codesUnder(area);
    return this.#parts.store.rows().filter((row) => codes.has(row.area));
  }

  #welcome(born) {
    const { clock, chart, announce } = this.#parts;
    born.forEach(({ after }) => {
      this.#fresh.set(after.id, clock.now());
      chart.pulse(after);
    });
    if (born.length) announce(born[born.length - 1].after);
  }
}
