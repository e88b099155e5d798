/** Which categories to offer first, and the whole list in two levels. Pure. */
import { initials } from './initials.js';

const CHIPS = 6;

/**
 * Up to six categories for the first screen: used on this phone, then known to the server as
 * recent, then in the order of the list.
 * @param {Object[]} categories as the server sent them  @param {string[]} used codes, latest first
 */
export function suggested(categories, used, limit = CHIPS) {
  const byCode = new Map(categories.map((category) => [category.code, category]));
  const order = [
    ...used.map((code) => byCode.get(code)).filter(Boolean),
    ...categories.filter((category) => category.recent),
    ...categories,
  ];
  return Array.from(new Set(order)).slice(0, limit);
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
  return names.some((name) => name.toLowerCase().includes(sought) || initials(name).includes(sought));
}
