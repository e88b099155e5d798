/** The small questions: words, a length of time, stars, yes or no. */
import { el } from '../dom.js';
import { Fault } from './fault.js';
import { group, groupName, single } from './part.js';
import { say } from './words.js';

const MAX_NOTE = 1000;
const MOST = 1000;       // as the server takes it

/**
 * Words; needed or not.
 * @param {object} about start: what stands there at first; otherwise(): what is said when nothing
 *   is written
 */
export function note({
  needed = false, label = needed ? say('ask.note') : say('ask.note_optional'), help = '', start = '', otherwise = () => '',
} = {}) {
  const area = el('textarea', { rows: 3, maxlength: MAX_NOTE, required: needed && !help }, start);
  return single(area, {
    label,
    help,
    names: ['note'],
    read() {
      const words = area.value.trim() || otherwise();
      if (needed && !words) throw new Fault(say('ask.note_needed'));
      return { note: words };
    },
  });
}

/**
 * A length of time: an amount and what it is counted in.
 * @param {object} about key in the body; label; help; kinds [{code, label}]; needed; wrong words;
 *   kind chosen at first
 */
export function duration({ key, label, help, kinds, kind, needed, wrong }) {
  const amount = el('input', {
    type: 'text', inputmode: 'decimal', autocomplete: 'off', size: 6, 'aria-label': say('ask.amount'),
  });
  const counted = el('select', { 'aria-label': say('ask.unit_of_time') }, kinds.map((each) => el('option', {
    value: each.code, selected: each.code === kind,
  }, each.label)));
  return group(el('div', { class: 'duration' }, amount, counted), {
    label,
    help,
    names: [key],
    first: () => amount,
    read() {
      const text = amount.value.trim().replace(',', '.');
      if (!text && !needed) return {};
      const value = Number(text);
      if (!text || !(value > 0 && value <= MOST)) throw new Fault(wrong);
      return { [key]: { amount: value, kind: counted.value } };
    },
  });
}

/** 1 to 5 stars. */
export function stars() {
  const name = groupName();
  const inputs = [1, 2, 3, 4, 5].map((count) => el('input', { type: 'radio', name, value: count, class: 'only-read' }));
  const row = el('div', { class: 'stars' }, inputs.map((input, index) => el('label', {}, input,
    el('span', { 'aria-hidden': 'true' }, '★'), el('span', { class: 'only-read' }, say('ask.star', { count: index + 1 })))));
  row.addEventListener('change', () => {
    row.dataset.stars = inputs.findIndex((input) => input.checked) + 1;
  });
  return group(row, {
    label: say('ask.stars'),
    names: ['stars'],
    first: () => inputs.find((input) => input.checked) || inputs[0],
    read() {
      const chosen = inputs.find((input) => input.checked);
      if (!chosen) throw new Fault(say('ask.choose'));
      return { stars: Number(chosen.value) };
    },
  });
}

const ANSWERS = { yes: true, no: false, unknown: null };

/**
 * Yes or no, and perhaps "not known" (null in the body).
 * @param {{key, label, unknown: boolean, onchange: function(boolean|null)}} about
 */
export function yesNo({ key, label, unknown = false, onchange = () => {} }) {
  const name = groupName();
  const kinds = unknown ? ['yes', 'no', 'unknown'] : ['yes', 'no'];
  const inputs = kinds.map((kind) => el('input', {
    type: 'radio', name, value: kind, checked: kind === 'unknown', onchange: () => onchange(ANSWERS[kind]),
  }));
  return group(el('div', { class: 'yes-no' }, inputs.map((input, index) => el('label', { class: 'pick' }, input,
    el('span', {}, say(`ask.${kinds[index]}`))))), {
    label,
    names: [key],
    first: () => inputs.find((input) => input.checked) || inputs[0],
    read() {
      const chosen = inputs.find((input) => input.checked);
      if (!chosen) throw new Fault(say('ask.choose'));
      return { [key]: ANSWERS[chosen.value] };
    },
  });
}
