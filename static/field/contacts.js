/** Whom to call: the desk first, then colleagues; their work phones, one tap each. */
import { el, fill } from '../shared/dom.js';
import { say } from './words.js';

/** @param {HTMLElement} target a <details> with a <ul>  @param {Object[]} contacts of the pack */
export function drawContacts(target, contacts) {
  target.hidden = !contacts.length;
  fill(target.querySelector('ul'), contacts.map(({ name, phone, role, place }) => el('li', {},
    el('a', { class: 'row', href: `tel:${phone.replace(/[^+\d]/g, '')}`, 'aria-label': say('contact.call', { name }) },
      el('span', { class: 'row-head' }, el('strong', {}, name), el('span', { class: 'figure' }, phone)),
      el('span', { class: 'row-foot' }, [role, place].filter(Boolean).join(' · '))))));
}
