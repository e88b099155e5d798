/**
 * The live list: everything the map shows, in words, newest on top. Each row is one button, so
 * the list alone is enough to work with, by keyboard or screen reader.
 */
import { el, fill } from '../shared/dom.js';
import { isOpen } from '../shared/states.js';
import { moment, when } from '../shared/when.js';
import { clockOf, ringOf } from './deadline.js';
import { dueWords } from './due.js';
import { marker } from './marks.js';
import { tagsOf } from './tags.js';
import { say } from './words.js';

const PAGE = 100;    // rows in the document at first; a button brings more

/**
 * @param {{list, queue, more: HTMLElement}} places
 * @param {function(string, object)} select  gets an id, and {enter: true} when it was pressed by keyboard
 * @param {function()} bring  fetches more rows, where there are more than have come
 */
export function createTicker(places, select, bring) {
  const known = new Map();
  let limit = PAGE;
  let ordered = [];
  let last = null;

  function draw(rows, { now, selected, fresh, total = null }) {
    last = { now, selected, fresh, total };
    const unrouted = rows.filter((row) => row.area === null && isOpen(row));
    const routed = rows.filter((row) => !(row.area === null && isOpen(row)));
    ordered = [...unrouted, ...routed];
    const item = (row) => itemOf(row, { now, fresh });
    arrange(places.queue.querySelector('ol'), unrouted.map(item));
    arrange(places.list, routed.slice(0, limit).map(item));
    places.queue.hidden = unrouted.length === 0;
    forget(new Set(ordered.map((row) => row.id)));
    known.forEach(({ button }, id) => mark(button, id === selected));
    offerMore(routed.length - limit + Math.max(0, (total || 0) - rows.length));
  }

  function itemOf(row, { now, fresh }) {
    const entry = known.get(row.id) || { row: null, ...emptyItem(row.id, select) };
    known.set(row.id, entry);
    const face = faceOf(row, now, fresh.has(row.id));
    if (entry.row !== row || entry.face !== face.key) fill(entry.button, face.parts());
    Object.assign(entry, { row, face: face.key });
    Object.assign(entry.button.dataset, { state: row.state, clock: clockOf(row, now) });
    return entry.item;
  }

  function forget(wanted) {
    Array.from(known.keys()).filter((id) => !wanted.has(id)).forEach((id) => known.delete(id));
  }

  function offerMore(left) {
    places.more.hidden = left <= 0;
    places.more.textContent = say('list.more', { count: Math.min(left, PAGE) });
  }

  places.more.addEventListener('click', () => {
    limit += PAGE;
    if (last.total > ordered.length) bring();
    draw(ordered, last);
  });

  return {
    draw,
    /** Id of the row so many places after (before: negative) the given one; the first if none. */
    next(id, step) {
      const at = ordered.findIndex((row) => row.id === id);
      const next = ordered[at < 0 ? 0 : at + step];
      return next ? next.id : null;
    },
    /** Bring a row into view, without taking the focus. */
    reveal(id) {
      const entry = known.get(id);
      if (entry) entry.button.scrollIntoView({ block: 'nearest' });
    },
    focus(id) {
      const entry = known.get(id);
      if (entry) entry.button.focus({ preventScroll: true });
    },
  };
}

function mark(button, selected) {
  if (selected) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
}

function emptyItem(id, select) {
  const button = el('button', { type: 'button', class: 'row', 'data-id': id, onclick: (event) => select(id, { enter: event.detail === 0 }) });
  return { button, item: el('li', {}, button) };
}

/** What a row shows; `key` changes when its words do, so that a second's tick redraws little. */
function faceOf(row, now, isNew) {
  const clock = clockOf(row, now);
  const left = dueWords(row, now);
  const at = row.closed_at || row.reported_at;    // what is void was never closed
  const ago = when(at, now);
  return {
    key: [left, ago, isNew].join('|'),
    parts: () => [
      marker({ state: row.state, clock: ringOf(row, now), unrouted: row.area === null }),
      el('span', { class: 'what' }, el('span', { class: 'name' }, row.category_name), isNew && el('em', {}, say('list.new')), tagsOf(row)),
      el('span', { class: 'badge' }, say(`state.${row.state}`)),
      el('span', { class: 'where' }, whereOf(row), ' · ', el('time', { datetime: at, title: moment(at) }, ago)),
      clock && el('span', { class: 'due', 'data-due': clock }, left),
    ],
  };
}

/** The area, and who has the case where that is somebody else. */
function whereOf({ area_name: area, holder }) {
  const place = area || say('list.no_area');
  return holder && holder !== area ? `${place} → ${holder}` : place;
}

/** Put items in order with the fewest moves, so that the focused one stays where it is. */
function arrange(list, items) {
  const wanted = new Set(items);
  Array.from(list.children).filter((item) => !wanted.has(item)).forEach((item) => item.remove());
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] || null);
  });
}
