/** A list of incidents from one address: at once as the phone has it, then as it is now. */
import { el, fill, icon } from '../shared/dom.js';
import { ageNote } from './age.js';
import { card } from './rows.js';

/**
 * @param {Object} parts
 *   target  the <ul> to fill      url    where the rows come from
 *   get     asks the server       open   called with the id of a pressed row
 *   empty   text for no rows      stale  text when there is nothing to show
 *   groups  rows -> [{title, rows}], where the list has headings
 *   heard   called with the rows of each answer
 *   held, at  what the phone has for an address, and since when; see reading.js
 *   waits   id -> deeds of mine that wait to be sent; see pending.js
 */
export function createList({
  target, url, get, open, empty, stale, groups = ungrouped, heard = () => {},
  held = () => undefined, at = () => null, waits = () => [],
}) {
  let shown = null;       // {items, at: epoch ms}
  let away = false;       // the server could not be reached the last time

  async function refresh() {
    target.setAttribute('aria-busy', 'true');
    if (!shown) take(held(url), at());
    try {
      const { items } = await get(url);
      away = false;
      take({ items }, Date.now());
    } catch (error) {
      away = true;
      take(newer(), at());
      if (!shown) fill(target, note('offline', stale));
    } finally {
      target.removeAttribute('aria-busy');
    }
  }

  /** What the phone has, where that is newer than what is on screen. */
  const newer = () => (!shown || (at() || 0) > shown.at ? held(url) : { items: shown.items });

  function take(answer, when) {
    if (!answer) return;
    shown = { items: answer.items, at: shown && answer.items === shown.items ? shown.at : when };
    draw();
    heard(shown.items);
  }

  /** Draw again what is known: something of it waits to be sent, or has gone. */
  function draw() {
    if (!shown) return;
    fill(target, away && ageNote(shown.at, 'li'),
      shown.items.length ? groups(shown.items).flatMap(group) : note('info', empty));
  }

  const group = ({ title, rows }) => [
    title && el('li', { class: 'rows-title' }, el('h3', {}, title)), ...rows.map((row) => card(row, open, waits(row.id))),
  ];

  return { refresh, draw };
}

const ungrouped = (rows) => [{ title: '', rows }];
const note = (drawing, text) => el('li', { class: 'empty' }, icon(drawing), el('p', {}, text));
