/** Who is working here: name, areas and categories, as this phone last heard them. */
import { Refused } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { remember, remembered } from './kept.js';
import { say } from './words.js';

const AGAIN_MS = 3000;
const LONGEST_MS = 300000;

/**
 * Returns once the server has answered: without categories nobody can report, so it goes on asking.
 * @param {{username: string, url: string, ask: Function, know: Function}} parts
 *   know: called with what is remembered at once, and again with the server's answer
 */
export async function introduce({ username, url, ask, know }) {
  const before = remembered(`me.${username}`, null);
  if (before) greet(before, know);
  for (let wait = AGAIN_MS; ; wait = Math.min(2 * wait, LONGEST_MS)) {
    try {
      const me = await ask(url);
      remember(`me.${username}`, me);
      greet(me, know);
      return;
    } catch (error) {
      if (!before || error instanceof Refused) complain(error);
      if (error instanceof Refused && !error.retryable) return;   // it would say so again
    }
    await occasion(wait);
  }
}

/** The network is back, or so long has passed. */
const occasion = (ms) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  window.addEventListener('online', resolve, { once: true });
});

function greet(me, know) {
  const areas = [...me.areas, ...(me.units || [])].map(({ name }) => name).join('、');
  byId('worker').textContent = [me.worker.name, areas].filter(Boolean).join(' · ');
  byId('no-start').hidden = true;
  know(me);
}

function complain(error) {
  byId('no-start').textContent = error instanceof Refused ? error.message : say('start.offline');
  byId('no-start').hidden = false;
}
