/**
 * GET for screens: from the server, or, where it cannot be reached, from what the phone carries.
 * A refusal is an answer: it is never covered by an older yes.
 */
import { Unreachable } from '../shared/api.js';

const PATIENCE_MS = 4000;   // then what the phone has is better than waiting

/** @param {Object} parts ask: GET; pack: see pack.js; urls: of the page */
export function createReader({ ask, pack, urls, patience = PATIENCE_MS }) {
  const sources = [
    [urls.me, (data) => data.me],
    [urls.tasks, (data) => ({ items: data.tasks })],
    [urls.incident, (data, id) => data.details[id]],
    [urls.choices, choicesOf],
  ].map(([template, from]) => [shapeOf(template), from]);

  /** What the phone has for an address, or undefined. */
  function held(url) {
    const data = pack.data();
    if (!data) return undefined;
    const [found, from] = sources.map(([shape, each]) => [shape.exec(url), each]).find(([match]) => match) || [];
    return found ? from(data, found[1]) : undefined;
  }

  async function read(url) {
    await pack.ready;
    const kept = held(url);
    const asked = ask(url);
    if (kept === undefined) return asked;
    try {
      return await soon(asked, patience);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      return kept;
    }
  }

  return { read, held, at: pack.at };
}

/** The same promise, Unreachable when it takes too long. */
function soon(promise, ms) {
  let timer = null;
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Unreachable('slow')), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A template of the config as a pattern with its {id} in a group. */
const shapeOf = (template) => new RegExp(`^${template.replace(/[.?]/g, '\\$&').replace('{id}', '([^/]+)')}$`);

/** What GET urls.choices says, put together from what all tasks share and what is one's own. */
function choicesOf(data, id) {
  const own = data.choices.of[id];
  if (!own) return undefined;
  const { reasons, limits, units, neighbours } = data.choices;
  return {
    reasons,
    limits,
    limit: own.limit,
    extensions_left: own.extensions_left,
    units,
    areas: own.areas,
    rule: null,
    hand_over: (neighbours[own.street] || []).filter(({ code }) => code !== data.details[id].area),
    categories: data.me.categories.map(({ code, name, major }) => ({ code, name, major: major.name })),
    duplicates: [],
    people: [],
  };
}
