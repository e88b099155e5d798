/** 有冲突 in the queue: what the phone saw beside what is true now, and the choice. */
import { say as word } from '../shared/deeds/words.js';
import { el } from '../shared/dom.js';
import { moment, when } from '../shared/when.js';
import { asRemark, changes, insisted, mayInsist, mayRemark } from './conflict.js';
import { say } from './words.js';

/**
 * @param {Object} item of the outbox, in state conflict
 * @param {Object} parts see queue.js, and discard(item, outbox), which asks first
 */
export function conflictPart(item, { outbox, open, saveOut, discard }) {
  const button = (words, onclick, kind = '') => el('button', { type: 'button', class: `button ${kind}`, onclick }, words);
  const note = JSON.parse(item.body).note;
  return [
    compared(item),
    item.current.news.length > 0 && el('div', {}, el('strong', {}, say('conflict.news')),
      el('ul', {}, item.current.news.map((step) => el('li', {}, happened(step))))),
    note && el('p', { class: 'conflict-mine' }, el('strong', {}, say('conflict.mine')), note),
    !mayInsist(item) && el('p', {}, say('conflict.too_late')),
    el('div', { class: 'row-deeds' },
      mayInsist(item) && button(say('do.insist'), () => outbox.retry(item, insisted(item)), 'main'),
      mayRemark(item) && button(say('do.as_remark'), () => outbox.retry(item, asRemark(item, word('deed.remark')))),
      button(say('do.look'), () => open(item.incident)),
      button(say('do.export'), () => saveOut([item])),
      button(say('do.give_up'), () => discard(item, outbox), 'danger')),
  ];
}

/** Only what differs; the state always, because the deed was about it. */
function compared(item) {
  const differing = changes(item).filter(({ name }) => name in SAID);
  const state = { name: 'state', before: (item.seen || {}).state, now: item.current.state };
  const rows = [state, ...differing.filter(({ name }) => name !== 'state')];
  return el('table', {},
    el('thead', {}, el('tr', {}, el('td', {}), el('th', { scope: 'col' }, say('conflict.seen')), el('th', { scope: 'col' }, say('conflict.now')))),
    el('tbody', {}, rows.map(({ name, before, now }) => el('tr', {},
      el('th', { scope: 'row' }, LABELS[name]()), el('td', {}, told(name, before)), el('td', {}, told(name, now))))));
}

const SAID = {
  state: (state) => say(`state.${state}`),
  holder: (name) => name,
  area_name: (name) => name,
  category_name: (name) => name,
  words: (text) => text,
  due_at: (at) => moment(at),
};

const LABELS = {
  state: () => say('conflict.state'),
  holder: () => say('detail.holder'),
  area_name: () => say('detail.area'),
  category_name: () => say('conflict.category'),
  words: () => say('conflict.words'),
  due_at: () => say('detail.due'),
};

const told = (name, value) => (value ? SAID[name](value) : '—');

const happened = ({ kind, by, at, note }) => [
  word(`kind.${kind}`), ' · ', by, ' · ', when(at), note && el('blockquote', {}, note),
];
