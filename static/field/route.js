/**
 * Asks the server which grid owns the point, before the report is sent: people see the name and
 * can object. Only the answer to the latest question counts; without network there is none, and
 * the server decides when the report arrives.
 */
import { withQuery } from '../shared/api.js';
import { createSignal } from './signal.js';

/** @param {{get: Function, url: string}} parts */
export function createRouter({ get, url }) {
  const changed = createSignal();
  let asked = null;
  let answer = null;
  let choice = null;   // code the reporter pressed, while it is still on offer

  /** Ask for a point {lon, lat, accuracy_m, datum}; asking for the same one again does nothing. */
  async function ask(point) {
    const question = point && withQuery(url, {
      lon: point.lon, lat: point.lat, accuracy_m: point.accuracy_m, datum: point.datum,
    });
    if (question === asked) return;
    asked = question;
    answer = null;
    if (!question) return;
    try {
      const got = await get(question);
      if (question !== asked) return;
      answer = got;
    } catch (error) {
      if (question === asked) asked = null;   // so that the next change asks again
      return;
    }
    changed.tell();
  }

  /** The reporter says which of the candidates it is. */
  function choose(code) {
    choice = code;
    changed.tell();
  }

  return {
    ask, choose, listen: changed.listen, answer: () => answer, choice: () => chosen(candidates(answer), choice),
  };
}

/** The grids to choose from, the reporter's own first, then by share; [] when there is no doubt. */
export function candidates(answer, most = 3) {
  const found = answer ? answer.route.candidates : [];
  if (found.length < 2) return [];
  return [...found].sort((a, b) => b.own - a.own || b.share - a.share).slice(0, most);
}

/** The code that counts: what was pressed while it is still offered, else the first; null without doubt. */
export function chosen(offered, code) {
  if (!offered.length) return null;
  return (offered.find((candidate) => candidate.code === code) || offered[0]).code;
}

/** The name of the grid as things stand: the chosen one, else the server's answer, else ''. */
export function areaName(answer, code) {
  const picked = candidates(answer).find((candidate) => candidate.code === code);
  const area = picked || (answer && answer.route.area);
  return area ? area.name : '';
}
