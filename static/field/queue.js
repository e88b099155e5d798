/** What is still on this phone, above the list of what has arrived. */
import { el, fill, icon } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { say } from './words.js';

/**
 * Draw the outbox's entries into the <ul>; stuck ones say why and offer the ways out.
 * @param {function(string)} open shows the incident a deed was for
 */
export async function drawQueue(target, outbox, open) {
  const entries = await outbox.entries();
  fill(target, entries.map((entry) => item(entry, outbox, open)));
}

function item(entry, outbox, open) {
  const stuck = entry.state === 'stuck';
  const { category, deed } = entry.label;
  return el('li', { class: 'row' },
    el('span', { class: 'row-head' },
      el('strong', {}, [category, deed].filter(Boolean).join(' · ')), el('span', {}, when(entry.made_at))),
    el('span', { class: 'row-foot' },
      el('span', { class: 'badge' }, icon(stuck ? 'warn' : 'saved'), stuck ? say('entry.stuck') : say('entry.waiting')),
      el('span', {}, say('entry.photos', { count: entry.photos.length }))),
    why(entry),
    stuck && el('span', { class: 'row-deeds' },
      wayOut(entry, outbox, open),
      el('button', { type: 'button', class: 'button danger', onclick: () => discard(entry, outbox) }, say('do.discard'))));
}

/** A report may be taken at the second try; a deed was decided on what is no longer so. */
const wayOut = (entry, outbox, open) => (entry.deed
  ? el('button', { type: 'button', class: 'button', onclick: () => open(entry.incident) }, say('do.look'))
  : el('button', { type: 'button', class: 'button', onclick: () => outbox.retry(entry) }, say('do.retry')));

/** The server's own words; a report is stuck without them only when its photo is gone. */
function why(entry) {
  const words = entry.reason || (entry.state === 'stuck' && say('entry.lost'));
  return words && el('span', { class: 'row-words' }, words);
}

function discard(entry, outbox) {
  if (window.confirm(say('entry.discard', { category: entry.label.category }))) outbox.discard(entry);
}
