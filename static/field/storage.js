/** The room on this phone: asked to last, and said when it runs out. */
import { remember, remembered } from './kept.js';

const FULL_FROM = 0.8;

/** Whether this is the browser's way of saying that the disk is full. */
export const isFull = (error) => Boolean(error) && error.name === 'QuotaExceededError';

/** Ask the browser, once, not to clear us when the phone runs full; a refusal changes nothing. */
export function askToLast(storage) {
  if (!storage || !storage.persist || remembered('persist', false)) return;
  remember('persist', true);
  storage.persist().catch(() => {});
}

/** How full the room is that the browser gives us, in percent, once that is worth a word; else null. */
export async function fullness(storage) {
  if (!storage || !storage.estimate) return null;
  try {
    const { usage, quota } = await storage.estimate();
    const part = quota ? usage / quota : 0;
    return part >= FULL_FROM ? Math.round(part * 100) : null;
  } catch (error) {
    return null;
  }
}
