/**
 * Making elements without markup strings: data only ever becomes text or an attribute.
 *
 *   fill(list, rows.map((row) => el('li', { class: 'card', 'data-state': row.state }, row.number)));
 *   el('button', { type: 'button', class: 'button main', onclick: send }, icon('send'), say('send'))
 */
import { config } from './config.js';

/** An element; attributes: null/undefined/false are left out, true is empty, on… is a listener. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (value === null || value === undefined || value === false) return;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  });
  return add(element, children);
}

/** Replace everything inside an element (replaceChildren is too young for old web views). */
export function fill(element, ...children) {
  element.textContent = '';
  return add(element, children);
}

/** The element with this id, which the template promises to hold. */
export const byId = (id) => document.getElementById(id);

/** A drawing of static/shared/icons.svg by name; silent for screen readers, so put a word beside. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${config.urls.icons}#${name}`);
  svg.append(use);
  return svg;
}

function add(element, children) {
  children.flat(Infinity).forEach((child) => {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  });
  return element;
}
