/**
 * One question in view: of all <section data-screen> exactly one is shown, with the browser's
 * own history beneath, so that the phone's back button does what people expect.
 */

import { createSignal } from './signal.js';

const SECOND_TAP = { ms: 400, px: 30 };    // of a finger that taps twice: so soon, so near

/**
 * @param {HTMLElement} root holds the sections; the one named 'home' is the first
 * @returns {Object} listen(call): told the name of each screen that comes into view
 */
export function createScreens(root) {
  const changed = createSignal();
  const sections = Array.from(root.querySelectorAll('[data-screen]'));
  const scrolls = new Map();
  let stack = ['home'];
  let shownAt = 0;
  let tap = { timeStamp: -Infinity };

  function show(next) {
    scrolls.set(top(), window.scrollY);
    const deeper = next.length > stack.length;
    stack = next;
    shownAt = performance.now();
    sections.forEach((section) => { section.hidden = section.dataset.screen !== top(); });
    window.scrollTo(0, deeper ? 0 : scrolls.get(top()) || 0);
    const heading = sections.find((section) => !section.hidden).querySelector('h1');
    if (heading) heading.focus({ preventScroll: true });
    changed.tell(top());
  }

  const top = () => stack[stack.length - 1];

  // Who taps twice means what was there: the second tap shall not press what has come into its place.
  root.addEventListener('click', (event) => {
    const twice = (event.pointerType === 'touch' || event.detail > 1)
      && event.timeStamp - tap.timeStamp < SECOND_TAP.ms
      && Math.hypot(event.clientX - tap.clientX, event.clientY - tap.clientY) < SECOND_TAP.px;
    if (twice && shownAt > tap.timeStamp) {
      event.preventDefault();
      event.stopPropagation();
    } else {
      tap = event;
    }
  }, { capture: true });
  window.addEventListener('popstate', (event) => show((event.state && event.state.screens) || ['home']));
  // After a reload the deeper screens have nothing to show any more.
  window.history.replaceState({ screens: ['home'] }, '');

  return {
    current: top,
    listen: changed.listen,
    open(name) {
      const next = [...stack, name];
      window.history.pushState({ screens: next }, '');
      show(next);
    },
    /** Show another screen in place of this one: back will not return to it. */
    swap(name) {
      const next = [...stack.slice(0, -1), name];
      window.history.replaceState({ screens: next }, '');
      show(next);
    },
    back: () => window.history.back(),
    home: () => { if (stack.length > 1) window.history.go(1 - stack.length); },
  };
}
