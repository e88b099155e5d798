/** Links from notices: #incident/ID opens that incident, on arrival and while the page is open. */

const LINK = /^#incident\/([0-9a-f-]{36})$/;

/** @param {function(string)} open shows the incident with this id */
export function followLinks(open) {
  function follow() {
    const link = LINK.exec(window.location.hash);
    if (!link) return;
    // The hash goes at once: back leads home, and the same link works a second time.
    window.history.replaceState({ screens: ['home'] }, '', window.location.pathname);
    open(link[1]);
  }

  window.addEventListener('hashchange', follow);
  follow();
}
