/**
 * Words on screen, in the page's language.
 *
 *   // static/field/words.js
 *   export const say = speaker({ 'zh-hans': zh, en });
 *   say('queue.waiting', { count: 2 });
 *
 * A dictionary is a flat object: dotted key -> text with {names}, or { one, other } picked by
 * values.count. Write keys as whole literals, `say('a.b')`, so that the test finds each; a key
 * may be built only from a prefix listed in tests/js/words.test.js, such as `state.`.
 */

/**
 * A say(key, values) for the language of <html lang>; Chinese when it has none of ours.
 * @param {Object<string, Object>} dictionaries by lower-case language tag
 */
export function speaker(dictionaries, lang = pageLanguage()) {
  const words = dictionaries[lang] || dictionaries['zh-hans'];
  const plural = new Intl.PluralRules(lang === 'en' ? 'en' : 'zh');
  return function say(key, values = {}) {
    const entry = words[key];
    if (entry === undefined) return key;
    const text = typeof entry === 'string' ? entry : entry[plural.select(values.count)] || entry.other;
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  };
}

/** Lower-case tag of the page, such as 'zh-hans'. */
export function pageLanguage() {
  return typeof document === 'undefined' ? 'zh-hans' : document.documentElement.lang.toLowerCase();
}
