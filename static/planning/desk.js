/**
 * What is asked and what is thought of, and everything that follows from it. Data goes one way:
 * a press changes the state, the state asks the server, the answer draws panels and map.
 */
import { Refused } from '../shared/api.js';
import * as asks from './asks.js';
import { classesOf, tally } from './classes.js';
import * as drafts from './draft.js';
import { complain, hush, teach } from './empty.js';
import { begin, redo, step, undo } from './history.js';
import { latest } from './latest.js';
import { say } from './words.js';

const STREETS_MS = 250;

/**
 * @param {object} start what the server knows  @param {object} asked  @param {object} parts chart
 *   headline table legend card controls plan empty busy links remember(): all that is drawn on
 */
export function createDesk(start, asked, draft, parts) {
  const state = { asked, history: begin(draft), told: null, effect: null, at: null, offers: null };
  let turn = 0;
  let streetTimer = 0;
  const now = () => state.history.now;
  const kind = (code) => start.categories.find((each) => each.code === code) || { name: code };
  const index = () => (state.asked.category === 'all' && state.told ? state.told.of : 0);
  const about = () => ({ name: kind(state.asked.category).name, minutes: state.asked.minutes, index: index() });
  const touched = () => now().added.some(({ category }) => category === state.asked.category)
    || now().removed.some((code) => state.told.facilities.some((each) => each.code === code));

  const live = latest((held) => asks.whatIf(state.asked, held), {
    answer(told) {
      parts.headline.live(told, about());
      parts.chart.recolour(told.changed, state.asked.minutes * 60);
    },
    fault: () => {},   // the next answer, or the drop, says it
  });

  /** Ask for everything anew; only the latest answer is drawn. */
  async function refresh() {
    const mine = turn += 1;
    live.drop();
    parts.busy(true);
    parts.controls.draw(state.asked);
    drawPlan();
    parts.remember();
    try {
      const told = await asks.people(state.asked, now());
      if (mine !== turn) return;
      state.told = told;
      const effect = state.asked.category !== 'all' && touched() ? await asks.whatIf(state.asked, now()) : null;
      if (mine !== turn) return;
      state.effect = effect;
      hush(parts.empty);
      draw();
      askStreets();
    } catch (error) {
      if (mine !== turn) return;
      if (error instanceof Refused && error.code === 'no_people') teach(parts.empty, 'people');
      else complain(parts.empty, error, refresh);
    }
    parts.busy(false);
  }

  function draw() {
    const { told } = state;
    parts.chart.people(told, state.asked);
    parts.chart.draft(now(), state.asked.category);
    parts.headline.draw(told.totals, about(), state.effect);
    parts.table.draw(told.areas);
    drawLegend();
    drawPlan();
    parts.links(state.asked, now());
  }

  function drawLegend() {
    const { cells, of } = state.told;
    const sums = tally(classesOf(cells, of), cells.weight);
    parts.legend.draw({ sums, minutes: state.asked.minutes, index: index(), shown: state.asked.shown });
  }

  function drawPlan() {
    const standing = state.told ? state.told.facilities : [];
    parts.plan.draw({
      draft: now(),
      category: state.asked.category,
      nameOf: (code) => kind(code).name,
      facilityOf: (code) => (standing.find((each) => each.code === code) || { name: code }).name,
      back: state.history.past.length > 0,
      forth: state.history.future.length > 0,
    });
  }

  /** Streets of the view, once the map has come to rest. */
  function askStreets() {
    clearTimeout(streetTimer);
    const mine = turn;
    streetTimer = setTimeout(async () => {
      try {
        const told = await asks.streets(state.asked, now(), parts.chart.bounds().toBBoxString());
        if (mine === turn) parts.chart.streets(told, state.asked.speed);
      } catch {
        parts.chart.streets(null);   // people stay; the next move of the map asks again
      }
    }, STREETS_MS);
  }

  function commit(wanted) {
    state.history = step(state.history, wanted);
    offer(null);
    parts.card.hide();
    parts.chart.way(null);
    return refresh();
  }

  function turnTo(history) {
    if (history === state.history) return;
    state.history = history;
    refresh();
  }

  function offer(told) {
    state.offers = told;
    parts.plan.offer(told);
    parts.chart.suggest(told ? told.sites : [], (site) => say('plan.alone', { people: Math.round(site.alone) }));
  }

  async function walkFrom(place) {
    state.at = place;
    parts.chart.reached(null);
    parts.card.wait();
    parts.chart.way(place, null);
    try {
      const answer = await asks.walk(state.asked, now(), place);
      if (state.at !== place) return;
      parts.card.show(answer, state.asked.category, state.asked.minutes, place);
      const first = answer.ways.find(({ category }) => category === state.asked.category) || answer.ways[0];
      parts.chart.way(place, first ? first.path : null);
    } catch (error) {
      if (state.at === place) parts.card.fault(error instanceof Refused ? error.message : say('state.offline'));
    }
  }

  const fresh = (place) => ({ id: `n${Date.now()}${now().added.length}`, category: place.category || state.asked.category, lon: place.lon, lat: place.lat });

  return {
    asked: () => state.asked,
    draft: now,
    refresh,
    askStreets,
    walkFrom,
    /** Ask otherwise; how it is shown needs no server. */
    change(fields) {
      state.asked = { ...state.asked, ...fields };
      if (Object.keys(fields).join() === 'shown') {
        parts.chart.show(state.asked.shown);
        parts.controls.draw(state.asked);
        parts.remember();
        if (state.told) drawLegend();
        return null;
      }
      offer(null);
      return refresh();
    },
    /** Begin again from what is kept under a name. */
    load(held) {
      state.history = begin(held.draft);
      return this.change({ ...held.asked });
    },
    holdNew: (place) => live.ask(drafts.put(now(), fresh(place))),
    hold: (id, place) => live.ask(drafts.move(now(), id, place)),
    letGo: () => { live.drop(); if (state.told) draw(); },
    putNew(place) {
      const made = fresh(place);
      return commit(drafts.put(now(), made)).then(() => made.id);
    },
    put: (id, place) => commit(drafts.move(now(), id, place)),
    take: (id) => commit(drafts.take(now(), id)),
    toggle: (code) => commit(drafts.toggle(now(), code)),
    clear: () => commit(drafts.EMPTY),
    undo: () => turnTo(undo(state.history)),
    redo: () => turnTo(redo(state.history)),
    /** What can be done with a facility, and how far its visitors come from. */
    async facility(it) {
      const gone = now().removed.includes(it.code);
      parts.chart.way(null);
      parts.chart.reached(null);
      parts.card.facility(it, { gone, minutes: state.asked.minutes }, () => commit(drafts.toggle(now(), it.code)));
      state.at = it;
      const shape = gone ? null : await asks.reach(state.asked, it).catch(() => null);
      if (state.at === it) parts.chart.reached(shape);
    },
    async suggest(count) {
      parts.plan.busy(true);
      try {
        offer(await asks.sites(state.asked, now(), count));
      } catch (error) {
        complain(parts.empty, error, () => { hush(parts.empty); this.suggest(count); });
      }
      parts.plan.busy(false);
    },
    async exact(count) {
      try {
        await asks.exact(state.asked, count);
        offer(null);
        parts.plan.underWay(parts.runs);
      } catch (error) {
        complain(parts.empty, error, () => { hush(parts.empty); this.exact(count); });
      }
    },
    adopt: (site) => commit(drafts.put(now(), fresh(site))),
    adoptAll: () => commit(state.offers.sites.reduce(
      (sum, site, k) => drafts.put(sum, { ...fresh(site), id: `a${Date.now()}${k}` }), now(),
    )),
  };
}
