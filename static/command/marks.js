/** The marker of an incident as an SVG element, for lists and the legend; leaflet.js draws the same. */
import { lookOf, pathOf } from '../shared/states.js';

const SVG = 'http://www.w3.org/2000/svg';

/** @param {{state?: string, clock?: 'over'|'near'|'', unrouted?: boolean}} what */
export function marker({ state = '', clock = '', unrouted = false }) {
  const svg = shape('svg', { class: 'marker', viewBox: '-12 -12 24 24', 'aria-hidden': 'true' });
  svg.dataset.state = state;
  if (clock) svg.append(shape('circle', { class: `ring ${clock}`, r: 10.5 }));
  const { hollow, token } = lookOf(state);
  if (state) svg.append(shape('path', { class: hollow ? 'body hollow' : 'body', d: pathOf(state, 6) }));
  if (unrouted) svg.append(question(hollow));
  svg.style.setProperty('--state', `var(${token})`);
  return svg;
}

function question(hollow) {
  const text = shape('text', { class: hollow ? 'unrouted hollow' : 'unrouted', 'text-anchor': 'middle', y: 3.6 });
  text.textContent = '?';
  return text;
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}
