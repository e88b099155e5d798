/**
 * The buttons at the foot of the drawer: the likeliest deed, two beside it, the rest in a menu,
 * and apart in it those that end a case without handling it.
 */
import { el, icon } from '../shared/dom.js';
import { arrange, nameOf } from '../shared/deeds/order.js';
import { KEY_OF } from './deedkeys.js';
import { say } from './words.js';

/** @param {object} incident the whole of it  @param {{ask: function(string)}} tools ask opens a form */
export function deedBar(incident, { ask }) {
  const notice = el('p', { class: 'told', role: 'status' }, incident.told);
  const { main, beside, more, danger } = arrange(incident.deeds, incident.state);
  if (!main && !danger.length) return incident.told ? el('footer', { class: 'deeds' }, notice) : null;
  const button = (deed, look) => el('button', {
    type: 'button', class: `button ${look}`, 'data-deed': deed, 'aria-keyshortcuts': KEY_OF[deed], onclick: () => ask(deed),
  }, nameOf(deed, incident), keyOf(deed));
  const rest = more.length + danger.length > 0 && menu(incident, { more, danger }, ask);
  return el('footer', { class: 'deeds' }, notice,
    main && button(main, 'main wide'),
    el('div', { class: 'beside' }, beside.map((deed) => button(deed, '')), rest));
}

/** The letter that presses a button, where it has one; silent, as the button names it itself. */
const keyOf = (deed) => KEY_OF[deed] && el('kbd', { 'aria-hidden': 'true' }, KEY_OF[deed]);

/** "More": a menu that opens upwards; arrows walk in it, Escape leaves it. */
function menu(incident, { more, danger }, ask) {
  const item = (deed, look = '') => el('button', {
    type: 'button', role: 'menuitem', tabindex: -1, class: look, 'data-deed': deed, 'aria-keyshortcuts': KEY_OF[deed],
    onclick: () => { shut(); ask(deed); },
  }, nameOf(deed, incident), keyOf(deed));
  const items = [...more.map((deed) => item(deed)), ...danger.map((deed) => item(deed, 'danger'))];
  const list = el('div', { role: 'menu', class: 'menu paper', hidden: true, 'aria-label': say('deeds.more') }, items);
  const opener = el('button', {
    type: 'button', class: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: () => (list.hidden ? open() : shut()),
  }, say('deeds.more'), icon('up'));
  const holder = el('div', { class: 'more-deeds' }, opener, list);

  function open() {
    list.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    items[0].focus();
  }

  function shut() {
    list.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
  }

  const keys = {
    ArrowDown: (at) => (at + 1) % items.length,
    ArrowUp: (at) => (at - 1 + items.length) % items.length,
    Home: () => 0,
    End: () => items.length - 1,
  };
  holder.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    if (event.key !== 'Tab') event.stopPropagation();    // these keys mean nothing to the page now
    if (event.key === 'Escape') {
      shut();
      opener.focus();
    } else if (keys[event.key]) {
      event.preventDefault();
      items[keys[event.key](items.indexOf(document.activeElement))].focus();
    }
  });
  holder.addEventListener('focusout', (event) => {
    if (!holder.contains(event.relatedTarget)) shut();
  });
  return holder;
}
