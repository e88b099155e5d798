/**
 * Asks the server whether something of this kind is open here already. Only ever a hint: without
 * network there is none, and nothing waits for it.
 */
import { withQuery } from '../shared/api.js';
import { createSignal } from './signal.js';

/** @param {{get: Function, url: string}} parts */
export function createSimilar({ get, url }) {
  const changed = createSignal();
  let asked = null;
  let found = null;
  let dismissed = false;

  /** Ask about a category {code} at a point {lon, lat, datum}; the same again does nothing. */
  async function ask(category, point) {
    const question = category && point && withQuery(url, {
      category: category.code, lon: to5(point.lon), lat: to5(point.lat), datum: point.datum,
    });
    if (question === asked) return;
    asked = question;
    found = null;
    if (!question || dismissed) return;
    try {
      const answer = await get(question);
      if (question !== asked) return;
      found = answer.items.length || answer.elsewhere ? answer : null;
      if (found) changed.tell();
    } catch (error) {
      // The report does not depend on it.
    }
  }

  return {
    ask,
    listen: changed.listen,
    /** {items, elsewhere} or null: nothing known. */
    answer: () => (dismissed ? null : found),
    /** The question has been answered for this report. */
    dismiss() { dismissed = true; },
    reset() {
      dismissed = false;
      asked = null;
      found = null;
    },
  };
}

/** A metre is near enough: a trembling receiver asks no new question. */
const to5 = (degrees) => Number(degrees.toFixed(5));
