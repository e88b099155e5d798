/**
 * When the phone may look where it is: while a report is being made and the page is in view, and
 * at no other time. Looking at lists and tasks leaves no trail. (Verifying and arriving have a
 * receiver of their own, standing.js, for as long as their form is open.)
 */

/**
 * @param {Object} parts place and screens; home: the panel of the home screen that reports;
 *   page: the document
 */
export function startReceiver({ place, screens, home, page }) {
  let reporting = false;
  let may = false;

  function follow(screen) {
    if (screen !== 'map') reporting = ['form', 'types'].includes(screen) || (screen === 'home' && !home.hidden);
    // The map serves tasks too: it goes on with what it was opened for.
    look();
  }

  function look() {
    const before = may;
    may = reporting && !page.hidden;
    if (may && !before) place.refresh();
    if (!may) place.stop();
  }

  screens.listen(follow);
  page.addEventListener('visibilitychange', look);
  // A tab shows its panel without changing the screen.
  new MutationObserver(() => follow(screens.current())).observe(home, { attributes: true, attributeFilter: ['hidden'] });
  // A link to one incident is about to leave the home screen.
  if (!page.location.hash) follow(screens.current());
}
