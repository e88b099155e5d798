/** What is still on this phone, above the list of what has arrived. */
import { el, fill, icon } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { say } from './words.js';

/** Draw the outbox's entries into the <ul>; stuck ones say why and offer the two ways out. */
export async function drawQueue(target, outbox) {
  const entries = await outbox.entries();
  fill(target, entries.map((entry) => item(entry, outbox)));
}

function item(entry, outbox) {
  const stuck = entry.state === 'stuck';
  return el('li', { class: 'row' },
    el('span', { class: 'row-head' }, el('strong', {}, entry.label.category), el('span', {}, when(entry.made_at))),
    el('span', { class: 'row-foot' },
      el('span', { class: 'badge' }, icon(stuck ? 'warn' : 'saved'), stuck ? say('entry.stuck') : say('entry.waiting')),
      el('span', {}, say('entry.photos', { count: entry.photos.length }))),
    why(entry),
    stuck && el('span', { class: 'row-deeds' },
      el('button', { type: 'button', class: 'button', onclick: () => outbox.retry(entry) }, say('do.retry')),
      el('button', { type: 'button', class: 'button danger', onclick: () => discard(entry, outbox) }, say('do.discard'))));
}

/** The server's own words; a report is stuck without them only when its photo is gone. */
function why(entry) {
  const words = entry.reason || (entry.state === 'stuck' && say('entry.lost'));
  return words && el('span', { class: 'row-words' }, words);
}

function discard(entry, outbox) {
  if (window.confirm(say('entry.discard', { category: entry.label.category }))) outbox.discard(entry);
}
