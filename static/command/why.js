/** "Why this grid?": the route's reason in words, its distance to the border, the other candidates. */
import { el } from '../shared/dom.js';
import { say } from './words.js';

/** @param {{route: {method, reason, edge_m, candidates}, area: string|null}} incident */
export function why({ route, area }) {
  const title = area === null ? say('why.title_none') : say('why.title');
  return el('section', { class: 'why' },
    el('h3', {}, title),
    el('p', {}, el('span', { class: 'method' }, say(`method.${route.method}`)), route.reason),
    route.method !== 'covers' && route.edge_m !== null && el('p', { class: 'edge' }, say('why.edge'), ' ',
      el('strong', { class: 'figure' }, say('why.metres', { metres: metres(route.edge_m) }))),
    route.candidates.length > 1 && candidates(route.candidates, area));
}

function candidates(list, owner) {
  return [
    el('h4', {}, say('why.candidates')),
    el('ul', { class: 'shares' }, list.map((candidate) => {
      const bar = el('meter', { min: 0, max: 1, value: candidate.share, 'aria-hidden': 'true' });
      const percent = say('why.share', { percent: Math.round(candidate.share * 100) });
      return el('li', { 'data-owner': candidate.code === owner },
        el('span', {}, candidate.name), bar, el('span', { class: 'figure' }, percent));
    })),
  ];
}

/** Metres with a decimal only where it says something. */
const metres = (value) => (value < 10 ? value.toFixed(1) : Math.round(value));
