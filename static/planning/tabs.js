/** Tabs of the panel, as the ARIA pattern wants them: arrows move, one is in the tab order. */
import { byId } from '../shared/dom.js';

/** @param {HTMLElement} list with role="tab" buttons, each aria-controls a panel  @returns {function(string)} show one by id */
export function createTabs(list) {
  const tabs = Array.from(list.querySelectorAll('[role="tab"]'));
  const show = (chosen) => tabs.forEach((tab) => {
    const here = tab === chosen;
    tab.setAttribute('aria-selected', here);
    tab.tabIndex = here ? 0 : -1;
    byId(tab.getAttribute('aria-controls')).hidden = !here;
  });
  tabs.forEach((tab, k) => {
    tab.addEventListener('click', () => show(tab));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(k + step + tabs.length) % tabs.length];
      show(next);
      next.focus();
      event.preventDefault();
    });
  });
  show(tabs[0]);
  return (id) => show(byId(id));
}
