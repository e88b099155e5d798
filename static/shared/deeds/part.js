/**
 * The frame around one question of a form: its label, its help, its fault, and how it is read.
 *
 * A part is {node, names, read(), focus(), blame(words), photos()?}: `names` are the body's names
 * of what it asks, so that a refusal of the server finds it; read() returns those fields.
 */
import { el } from '../dom.js';

let count = 0;

/**
 * A question with one control.
 * @param {HTMLElement} control  @param {{label: string, help?: string, names: string[], read}} about
 */
export function single(control, { label, help = '', names, read }) {
  const fault = faultLine();
  control.setAttribute('aria-describedby', fault.id);
  control.addEventListener('input', () => tell(fault, control, ''));
  return {
    node: el('label', { class: 'ask' }, el('span', { class: 'label' }, label), control,
      help && el('span', { class: 'help' }, help), fault),
    names,
    read,
    focus: () => control.focus(),
    blame: (words) => tell(fault, control, words),
  };
}

/**
 * A question with several controls, read out as a group.
 * @param {Array} content  @param {{label, help, names, read, first: function(): HTMLElement}} about
 */
export function group(content, { label, help = '', names, read, first }) {
  const fault = faultLine();
  const node = el('fieldset', { class: 'ask', 'aria-describedby': fault.id },
    el('legend', { class: 'label' }, label), help && el('p', { class: 'help' }, help), content, fault);
  node.addEventListener('input', () => tell(fault, node, ''));
  return {
    node,
    names,
    read,
    focus: () => { const control = first(); if (control) control.focus(); },
    blame: (words) => tell(fault, node, words),
  };
}

function faultLine() {
  count += 1;
  return el('span', { class: 'fault', id: `ask-fault-${count}`, role: 'alert' });
}

function tell(fault, control, words) {
  fault.textContent = words;
  if (words) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}

/** A name for radios that belong together. */
export function groupName() {
  count += 1;
  return `ask-${count}`;
}
