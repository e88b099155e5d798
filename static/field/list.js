/** A list of incidents from one address, with honest empty and offline states. */
import { el, fill, icon } from '../shared/dom.js';
import { card } from './rows.js';

/**
 * @param {Object} parts
 *   target  the <ul> to fill      url    where the rows come from
 *   get     asks the server       open   called with the id of a pressed row
 *   empty   text for no rows      stale  text when the server cannot be reached
 *   groups  rows -> [{title, rows}], where the list has headings
 *   heard   called with the rows of each answer
 */
export function createList({ target, url, get, open, empty, stale, groups = ungrouped, heard = () => {} }) {
  let shown = false;

  async function refresh() {
    target.setAttribute('aria-busy', 'true');
    try {
      const { items } = await get(url);
      fill(target, items.length ? groups(items).flatMap(group) : note('info', empty));
      heard(items);
      shown = true;
    } catch (error) {
      // What is on screen stays; it is only old.
      if (!shown) fill(target, note('offline', stale));
    } finally {
      target.removeAttribute('aria-busy');
    }
  }

  const group = ({ title, rows }) => [
    title && el('li', { class: 'rows-title' }, el('h3', {}, title)), ...rows.map((row) => card(row, open)),
  ];

  return { refresh };
}

const ungrouped = (rows) => [{ title: '', rows }];
const note = (drawing, text) => el('li', { class: 'empty' }, icon(drawing), el('p', {}, text));
