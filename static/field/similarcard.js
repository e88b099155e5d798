/** 是同一件事吗? A quiet card above 提交: the nearest one first, with its photo. */
import { el, fill } from '../shared/dom.js';
import { span } from '../shared/when.js';
import { redraw } from './redraw.js';
import { badge } from './rows.js';
import { say } from './words.js';

/** @param {?{items, elsewhere}} found  @param {function(Object)} same the pressed one is the same */
export function drawSimilar(element, found, same) {
  element.hidden = !found;
  if (!found) return;
  if (found.items.length) drawCard(element, found.items, 0, same);
  else fill(element, el('p', {}, say('similar.elsewhere', { count: found.elsewhere })));
}

function drawCard(element, items, at, same) {
  const item = items[at];
  const next = () => drawCard(element, items, (at + 1) % items.length, same);
  const away = { metres: Math.round(item.away_m), span: span(Date.now() - Date.parse(item.reported_at)) };
  redraw(element, el('h2', {}, say('similar.title')), el('div', { class: 'similar-card' },
    item.thumb_url && el('img', { src: item.thumb_url, alt: say('similar.photo') }),
    el('div', { class: 'similar-words' },
      el('p', {}, badge(item.state), ' ', el('span', { class: 'figure' }, item.number)),
      el('p', {}, say('similar.away', away)),
      item.words && el('p', { class: 'one-line' }, item.words))),
    el('div', { class: 'similar-deeds' },
      el('button', { type: 'button', class: 'button', 'data-key': 'same', onclick: () => same(item) }, say('do.same')),
      items.length > 1 && el('button', { type: 'button', class: 'button quiet', 'data-key': 'next', onclick: next },
        say('similar.next', { at: at + 1, count: items.length }))));
}
