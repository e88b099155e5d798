/**
 * The bell: how many notices are unread, and on a press the newest of them.
 *
 *   const bell = mountBell(byId('bell'), config.bell);
 *   bell.soon();    // something has changed: look in a moment
 *   bell.stop();
 *
 * It asks every half minute while the page is looked at. Without the server it shows no number:
 * an old one would be wrong. Brings its own addresses and words in the page's config, so any page
 * can have one; written for the old web views of phones.
 */
import { get, post, withQuery } from './api.js';
import { el, fill, icon } from './dom.js';

const ASK_MS = 30000;
const SOON_MS = 1500;      // the notice is written a moment after what it tells of
const MOST = 99;

/**
 * @param {HTMLElement} place an empty element in the page's bar
 * @param {{urls: {unread, list, read, page: string}, words: Object, size: number}} told
 * @returns {{soon: function(), stop: function()}}
 */
export function mountBell(place, { urls, words, size }) {
  const count = el('span', { class: 'bell-count figure', hidden: true });
  const panel = el('div', { class: 'bell-panel', id: 'bell-panel', hidden: true });
  const button = el('button', {
    type: 'button', class: 'button quiet square', 'aria-expanded': 'false', 'aria-controls': 'bell-panel',
    onclick: () => (panel.hidden ? open() : shut()),
  }, icon('bell'), count);
  let timer = 0;
  let asked = 0;           // when the next question is due, ms

  function show(unread) {
    const known = typeof unread === 'number' && unread > 0;
    count.hidden = !known;
    count.textContent = unread > MOST ? `${MOST}+` : String(unread);
    const name = known ? words.unread.replace('{count}', count.textContent) : words.bell;
    button.setAttribute('aria-label', name);
    button.title = name;
  }

  async function ask() {
    later(ASK_MS);
    if (document.hidden) return;
    try {
      show((await get(urls.unread)).unread);
    } catch {
      show(null);
    }
  }

  /** Ask in so many ms, unless that is going to happen sooner anyway. */
  function later(ms) {
    clearTimeout(timer);
    asked = Date.now() + ms;
    timer = setTimeout(ask, ms);
  }

  function soon() {
    if (asked > Date.now() + SOON_MS) later(SOON_MS);
  }

  // -- the panel ---------------------------------------------------------------------------------

  async function open() {
    panel.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    fill(panel, line(words.loading));
    try {
      const { items, unread } = await get(withQuery(urls.list, { page_size: size }));
      show(unread);
      draw(items, unread);
    } catch {
      fill(panel, line(words.away));
    }
  }

  function shut() {
    panel.hidden = true;
    button.setAttribute('aria-expanded', 'false');
  }

  function draw(items, unread) {
    fill(panel,
      items.length ? el('ol', {}, items.map(entry)) : line(words.none),
      el('p', { class: 'bell-foot' },
        el('a', { class: 'button quiet', href: urls.page }, words.all),
        unread > 0 && el('button', {
          type: 'button', class: 'button quiet', onclick: () => mark({ all_before: items[0].id }),
        }, words.readAll)));
  }

  const entry = (item) => el('li', { 'data-unread': item.unread },
    el(item.url ? 'a' : 'div', { href: item.url, onclick: () => follow(item) },
      el('span', {}, item.unread && el('span', { class: 'only-read' }, `${words.new}: `), item.text),
      el('time', { datetime: item.at }, item.when)));

  function follow(item) {
    if (item.unread) mark({ ids: [item.id] });
    if (item.url) shut();
  }

  async function mark(which) {
    try {
      show((await post(urls.read, which)).unread);
      if (!panel.hidden) open();
    } catch {
      // It stays unread; the next press tries again.
    }
  }

  const line = (text) => el('p', { class: 'bell-line' }, text);

  // -- the page around it ------------------------------------------------------------------------

  const onKey = (event) => {
    if (event.key !== 'Escape' || panel.hidden) return;
    event.stopPropagation();
    shut();
    button.focus();
  };
  const onPress = (event) => { if (!place.contains(event.target)) shut(); };
  const onLook = () => { if (!document.hidden) soon(); };

  place.addEventListener('keydown', onKey);
  document.addEventListener('click', onPress);
  document.addEventListener('visibilitychange', onLook);
  place.classList.add('bell');
  fill(place, button, panel);
  show(null);
  ask();

  return {
    soon,
    stop() {
      clearTimeout(timer);
      place.removeEventListener('keydown', onKey);
      document.removeEventListener('click', onPress);
      document.removeEventListener('visibilitychange', onLook);
    },
  };
}
