/** Where figures come from: what changes fast each time, what changes slowly now and then. */
import { get, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';

const SLOW_MS = 60000;
const WAIT_MS = 15000;

const ask = (url, area) => get(withQuery(url, { area }), WAIT_MS);

/** Shapes of the areas below an area. */
export const outlinesOf = (area) => ask(config.urls.outlines, area);

/** A function: area -> promise of all its figures. One area's slow figures are kept, the last one's. */
export function createSource(now = Date.now) {
  let slow = { area: null, at: 0, body: null };
  return async function figuresOf(area) {
    const fast = ask(config.urls.figures, area);
    if (slow.area !== area || now() - slow.at > SLOW_MS) {
      slow = { area, at: now(), body: await ask(config.urls.trends, area) };
    }
    const { body } = slow;
    return { ...body, ...await fast };
  };
}
