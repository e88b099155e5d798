/** Which categories to offer first, and the whole list in two levels. Pure. */
import { soundsLike } from './initials.js';

const CHIPS = 6;
const FROM_HISTORY = 3;

/**
 * Up to six categories for the first screen. The rule, which is all there is to it:
 *  1. the three this worker used last: on this phone, then as the server knows them;
 *  2. those reported most on their ground at this time of day, two hours either way;
 *  3. whatever room is left: more of what they used, then the order of the list.
 * @param {Object[]} categories as the server sent them, with `recent` and `hours` (a count for
 *   each two hours of the day, [] for none)  @param {string[]} used codes, latest first
 * @param {number} hour of the day, 0 to 23
 */
export function suggested(categories, used, hour, limit = CHIPS) {
  const byCode = new Map(categories.map((category) => [category.code, category]));
  const history = Array.from(new Set([
    ...used.map((code) => byCode.get(code)).filter(Boolean),
    ...categories.filter((category) => category.recent),
  ]));
  const order = [
    ...history.slice(0, FROM_HISTORY), ...usualNow(categories, hour), ...history, ...categories,
  ];
  return Array.from(new Set(order)).slice(0, limit);
}

/** Those with any reports around this hour, most first; of equals the order stays. */
function usualNow(categories, hour) {
  return categories.map((category) => [category, around(category.hours || [], hour)])
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([category]) => category);
}

/** The count of the slot this hour lies in and of both beside it; the day is a circle. */
function around(hours, hour) {
  const slots = hours.length;
  if (!slots) return 0;
  const at = Math.floor((hour * slots) / 24);
  return [at - 1, at, at + 1].reduce((sum, slot) => sum + hours[(slot + slots) % slots], 0);
}

/** The codes after using one more, latest first, each once. */
export const afterUse = (used, code) => [code, ...used.filter((other) => other !== code)].slice(0, CHIPS);

/** [{code, name, categories}] in the order of the list, only those that match the text. */
export function grouped(categories, text = '') {
  const groups = new Map();
  categories.filter((category) => matches(category, text)).forEach((category) => {
    const { major } = category;
    if (!groups.has(major.code)) groups.set(major.code, { ...major, categories: [] });
    groups.get(major.code).categories.push(category);
  });
  return Array.from(groups.values());
}

/** By part of the name, of the major's name, or by the first letters of the pinyin (井盖: jg). */
function matches(category, text) {
  const sought = text.trim().toLowerCase();
  const names = [category.name, category.major.name];
  return names.some((name) => name.toLowerCase().includes(sought) || soundsLike(name, sought));
}
