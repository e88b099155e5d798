/**
 * One (or some) of a list: real radios or boxes in rows, with why not beside what may not be
 * chosen, and a search line as soon as the list is long.
 */
import { el, fill } from '../dom.js';
import { Fault } from './fault.js';
import { group, groupName } from './part.js';
import { say } from './words.js';

const LONG = 8;          // rows that are looked over at a glance
const SHOWN = 60;        // rows in the document; the rest is found by name
const WAIT_MS = 250;     // after the last letter, before the server is asked

/**
 * @param {object} about label, help, names; items [{value, label, note, may, why, group, image}];
 *   many (boxes instead of radios); chosen (a value, or several); onchange(item) with what was
 *   chosen last; find(words) -> Promise [items], for lists
 *   that did not come whole; read(value or values) -> fields of the body
 */
export function pick(about) {
  const { items, many = false, find = null, chosen = null, onchange = () => {} } = about;
  const name = groupName();
  const kept = new Map();      // value -> item, for boxes that a search has hidden
  let known = items;
  const list = el('ul', { class: 'picks' });
  const search = items.length > LONG || find ? searchLine() : null;

  function rows(words) {
    const wanted = words.trim().toLowerCase();
    const fit = known.filter((item) => holds(item, wanted));
    const show = unique([...kept.values(), ...fit]).slice(0, SHOWN);
    fill(list, withHeads(show, row), note(show.length, fit.length, words));
  }

  function row(item) {
    const may = item.may !== false;
    const input = el('input', {
      type: many ? 'checkbox' : 'radio', name, value: item.value, disabled: !may, checked: kept.has(item.value),
      onchange: (event) => {
        if (!many) kept.clear();
        if (event.target.checked) kept.set(item.value, item);
        else kept.delete(item.value);
        onchange(item);
      },
    });
    return el('li', {}, el('label', { class: 'pick', 'data-may': may ? 'yes' : 'no' }, input,
      item.image && el('img', { src: item.image, alt: '', loading: 'lazy' }),
      el('span', { class: 'pick-words' }, el('span', {}, item.label),
        item.note && el('small', {}, item.note), !may && el('small', { class: 'why-not' }, item.why))));
  }

  function searchLine() {
    let timer = 0;
    const input = el('input', {
      type: 'search', autocomplete: 'off', placeholder: say('ask.search'), 'aria-label': say('ask.search'),
    });
    input.addEventListener('input', () => {
      rows(input.value);
      clearTimeout(timer);
      if (find && input.value.trim()) timer = setTimeout(() => look(input), WAIT_MS);
    });
    return input;
  }

  async function look(input) {
    const words = input.value;
    try {
      const found = await find(words.trim());
      known = unique([...known, ...found]);
      if (input.value === words) rows(words);
    } catch {
      if (input.value === words) fill(list, el('li', { class: 'none' }, say('ask.away')));
    }
  }

  function note(shown, fitting, words) {
    if (shown === 0) return el('li', { class: 'none' }, words.trim() ? say('ask.not_found', { words: words.trim() }) : say('ask.nothing'));
    return fitting > SHOWN && el('li', { class: 'none' }, say('ask.more_items'));
  }

  const wanted = new Set([chosen].flat());
  items.filter((item) => wanted.has(item.value) && item.may !== false).forEach((item) => kept.set(item.value, item));
  rows('');
  return group([search, list], {
    ...about,
    first: () => list.querySelector('input:checked') || list.querySelector('input:not([disabled])') || search,
    read() {
      const values = Array.from(kept.keys());
      if (!values.length) throw new Fault(many ? say('ask.choose_some') : say('ask.choose'));
      return about.read(many ? values : values[0]);
    },
  });
}

const holds = ({ label, note = '', value }, wanted) => wanted === ''
  || [label, note, value].some((text) => String(text).toLowerCase().includes(wanted));

function unique(items) {
  return Array.from(new Map(items.map((item) => [item.value, item])).values());
}

/** Rows with a heading wherever the group changes. */
function withHeads(items, row) {
  return items.flatMap((item, index) => {
    const before = index ? items[index - 1].group : undefined;
    const head = item.group && item.group !== before && el('li', { class: 'pick-group' }, item.group);
    return [head, row(item)];
  });
}
