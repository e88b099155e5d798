/** Incidents that are the same matter: what this one was merged into, and what into it. */
import { el } from '../shared/dom.js';
import { say } from './words.js';

/** @param {object} incident merged_into, merged  @param {{open: function(string)}} tools */
export function links({ merged_into: into, merged }, { open }) {
  const link = ({ id, number }) => el('button', { type: 'button', class: 'link', 'data-id': id, onclick: () => open(id) }, number);
  return el('div', { class: 'links' },
    into && el('p', {}, say('incident.merged_into'), ' ', link(into)),
    merged.length > 0 && el('p', {}, say('incident.merged'), ' ', merged.map(link)));
}
