/**
 * The buttons at the foot of the drawer: the likeliest deed, two beside it, the rest in a menu,
 * and apart in it those that end a case without handling it. One press does a deed that needs
 * nothing said; its form is in the menu, and behind Shift and its letter.
 */
import { el, icon } from '../shared/dom.js';
import { arrange, nameOf } from '../shared/deeds/order.js';
import { isAtOnce } from './atonce.js';
import { KEY_OF } from './deedkeys.js';
import { say } from './words.js';

/**
 * @param {object} incident the whole of it
 * @param {object} tools ask(deed) opens a form · act(deed) does it at once · ruleOf() Promise of the
 *   rule that says whose the case is, or null · busy() the deed under way, or ''
 */
export function deedBar(incident, { ask, act, ruleOf, busy }) {
  const notice = [
    incident.told && el('p', { class: 'told', role: 'status' }, incident.told),
    incident.fault && el('p', { class: 'fault', role: 'alert' }, incident.fault),
  ];
  const { main, beside, more, danger } = arrange(incident.deeds, incident.state);
  if (!main && !danger.length) return incident.told ? el('footer', { class: 'deeds' }, notice) : null;
  const press = (deed) => (isAtOnce(deed, incident) ? act(deed) : ask(deed));
  const button = (deed, look) => named(deed, incident, ruleOf, el('button', {
    type: 'button', class: `button ${look}`, 'data-deed': deed, 'aria-keyshortcuts': KEY_OF[deed], onclick: () => press(deed),
  }, el('span', {}, nameOf(deed, incident)), keyOf(deed)));
  const options = incident.deeds.filter((deed) => isAtOnce(deed, incident));
  const rest = more.length + options.length + danger.length > 0 && menu(incident, { more, options, danger }, { press, ask });
  const bar = el('footer', { class: 'deeds' }, notice,
    main && button(main, 'main wide'),
    el('div', { class: 'beside' }, beside.map((deed) => button(deed, '')), rest));
  bar.addEventListener('click', (event) => {
    if (busy()) event.stopPropagation();    // one is under way: a second press is not heard
  }, true);
  markBusy(bar, busy());
  return bar;
}

/** Show which deed is under way; '' for none. Nothing loses the focus by it. */
export function markBusy(holder, deed) {
  holder.querySelectorAll('.deeds button').forEach((button) => {
    if (deed) button.setAttribute('aria-disabled', 'true');
    else button.removeAttribute('aria-disabled');
    if (deed && button.dataset.deed === deed) button.setAttribute('aria-busy', 'true');
    else button.removeAttribute('aria-busy');
  });
}

/** The button of a dispatch by rule says to whom it goes, as soon as that is known. */
function named(deed, incident, ruleOf, button) {
  if (deed === 'dispatch' && isAtOnce(deed, incident)) {
    ruleOf().then((rule) => {
      button.firstChild.textContent = rule ? say('deeds.dispatch_to', { name: rule.to.name }) : say('deeds.options', { deed: nameOf(deed, incident) });
      button.title = rule ? say('deeds.by_rule', { rule: rule.name, reason: rule.reason }) : '';
    }, () => {});    // asked again by the press itself
  }
  return button;
}

/** The letter that presses a button, where it has one; silent, as the button names it itself. */
const keyOf = (deed) => KEY_OF[deed] && el('kbd', { 'aria-hidden': 'true' }, KEY_OF[deed]);

/** "More": a menu that opens upwards; arrows walk in it, Escape leaves it. */
function menu(incident, { more, options, danger }, { press, ask }) {
  const item = (deed, look = '') => el('button', {
    type: 'button', role: 'menuitem', tabindex: -1, class: look, 'data-deed': deed, 'aria-keyshortcuts': KEY_OF[deed],
    onclick: () => { shut(); press(deed); },
  }, nameOf(deed, incident), keyOf(deed));
  const option = (deed) => el('button', {
    type: 'button', role: 'menuitem', tabindex: -1, 'data-options': deed, 'aria-keyshortcuts': KEY_OF[deed] && `Shift+${KEY_OF[deed]}`,
    onclick: () => { shut(); ask(deed); },
  }, say('deeds.options', { deed: nameOf(deed, incident) }), KEY_OF[deed] && el('kbd', { 'aria-hidden': 'true' }, `⇧${KEY_OF[deed]}`));
  const items = [...more.map((deed) => item(deed)), ...options.map(option), ...danger.map((deed) => item(deed, 'danger'))];
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
