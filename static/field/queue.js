/**
 * What is still on this phone, above the list of what has arrived: how it stands, and the ways out.
 * Loaded when there may be something.
 */
import { el, fill, icon } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { createRescue } from './rescue.js';
import { say } from './words.js';

const TICK_MS = 5000;

/**
 * Follows the outbox and draws its items into the <ul>.
 * @param {HTMLElement} target
 * @param {Object} parts store, owner, outbox; all: the button that exports everything; open(id) shows
 *   an incident; edit(item) opens its form again
 */
export function startQueue(target, parts) {
  const { outbox, store, owner, all } = parts;
  const saveOut = createRescue({ store, owner });
  let drawn = '';

  async function draw({ counts }) {
    const items = await outbox.entries();
    // Redrawn only when it is different: whoever is about to press a button keeps it.
    const state = JSON.stringify([items, counts.sending, counts.needsLogin]);
    if (state === drawn) return;
    drawn = state;
    all.hidden = !items.length;
    fill(target, items.map((item) => row(item, counts, { ...parts, saveOut })));
  }

  all.addEventListener('click', async () => saveOut(await outbox.entries()));
  outbox.listen(draw);
  outbox.flush();     // it tells how things stand
  setInterval(() => target.querySelectorAll('[data-at]').forEach(tick), TICK_MS);
}

function row(item, counts, parts) {
  const { category, deed } = item.label;
  return el('li', { class: 'row', 'data-item': item.state },
    el('span', { class: 'row-head' },
      el('strong', {}, [category, deed].filter(Boolean).join(' · ')), el('span', {}, when(item.made_at))),
    el('span', { class: 'row-foot' }, state(item, counts),
      item.photos.length > 0 && el('span', {}, say('entry.photos', { count: item.photos.length }))),
    why(item),
    item.state === 'conflict' && conflict(item, parts),
    item.state === 'stuck' && waysOut(item, parts));
}

/** 待发送, 发送中, 需处理 or 有冲突; and when it is tried again. */
function state(item, { sending, needsLogin }) {
  const badge = (kind, drawing, text) => el('span', { class: 'badge', 'data-kind': kind }, icon(drawing), text);
  if (item.state === 'stuck') return badge('bad', 'warn', say('entry.stuck'));
  if (item.state === 'conflict') return badge('bad', 'warn', say('entry.conflict'));
  if (item.id === sending) return badge('wait', 'send', say('entry.sending'));
  if (needsLogin) return badge('wait', 'person', say('entry.login'));
  if (item.delivered) return badge('wait', 'saved', say('entry.photo_left'));
  const again = item.tries > 0 && el('span', { 'data-at': item.next_at }, retrySoon(item.next_at));
  return [badge('wait', 'saved', say('entry.waiting')), again];
}

const retrySoon = (at) => (at - Date.now() < 1000
  ? say('entry.again_soon') : say('entry.again', { when: when(new Date(at).toISOString()) }));

function tick(element) {
  element.textContent = retrySoon(Number(element.dataset.at));
}

/** Why it cannot go as it stands; the server's own words where it said some. */
function why(item) {
  if (item.state === 'waiting' || item.code === 'stale') return null;   // those say it by themselves
  const words = item.deed && item.status === 404 ? say('entry.left') : item.reason || say('entry.lost');
  return el('span', { class: 'row-words' }, item.part && item.delivered && el('strong', {}, say('entry.only_photo')), words);
}

/** Both versions, and the choice: code of its own, fetched when there is one. */
function conflict(item, parts) {
  const place = el('div', { class: 'conflict', 'aria-busy': 'true' });
  import('./conflictpart.js').then(({ conflictPart }) => {
    fill(place, conflictPart(item, { ...parts, discard }));
    place.removeAttribute('aria-busy');
  }, () => fill(place, say('list.offline')));
  return place;
}

/** A person corrects it, tries again as it is, saves it elsewhere, or throws it away. */
function waysOut(item, { outbox, open, edit, saveOut }) {
  const button = (words, onclick, kind = '') => el('button', { type: 'button', class: `button ${kind}`, onclick }, words);
  const gone = item.status === 404;
  return el('span', { class: 'row-deeds' },
    item.form && !item.delivered && !gone && button(say('do.edit'), () => edit(item)),
    item.deed && !gone && button(say('do.look'), () => open(item.incident)),
    button(say('do.retry'), () => outbox.retry(item)),
    button(say('do.export'), () => saveOut([item])),
    button(say('do.discard'), () => discard(item, outbox), 'danger'));
}

/** Nothing is thrown away without being asked. */
function discard(item, outbox) {
  if (window.confirm(say('entry.discard', { category: item.label.category }))) outbox.discard(item);
}
