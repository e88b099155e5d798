/** What is asked: the kind of facility, minutes, speed, gates, and how the map shows it. */
import { el, fill } from '../shared/dom.js';
import { say } from './words.js';

const MINUTES = [5, 10, 15];

/**
 * @param {HTMLElement} place  @param {object} start what the server knows
 * @param {function(object)} change gets the fields that were changed
 * @returns {{draw: function(object)}}
 */
export function createControls(place, { categories, networks, defaults }, change) {
  const kind = el('select', { id: 'kind', onchange: (event) => change({ category: event.target.value }) },
    el('option', { value: 'all' }, say('kind.all', { of: indexOf(categories) })),
    group(say('kind.required'), categories.filter((each) => each.required), networks.length === 1),
    group(say('kind.other'), categories.filter((each) => !each.required), networks.length === 1));
  const network = networks.length > 1 && el('select', { id: 'network', onchange: (event) => change({ network: event.target.value }) },
    networks.map(({ name }) => el('option', { value: name }, name)));
  const radios = [
    oneOf('minutes', MINUTES, (value) => change({ minutes: Number(value) }), (value) => say('ask.minutes_of', { minutes: value })),
    oneOf('speed', [defaults.speed, defaults.elder_speed], (value) => change({ speed: Number(value) }), (value) => (
      value === defaults.speed ? say('ask.usual') : say('ask.elder'))),
    oneOf('gates', ['open', 'night', 'shut'], (gates) => change({ gates }), (gates) => say(`gates.${gates}`)),
    oneOf('shown', ['walk', 'circle', 'both'], (shown) => change({ shown }), (shown) => say(`shown.${shown}`)),
  ];
  fill(place,
    network && el('label', { class: 'field' }, el('span', {}, say('ask.network')), network),
    el('label', { class: 'field' }, el('span', {}, say('ask.kind')), kind),
    radios.map(({ node }) => node));
  return {
    draw(asked) {
      kind.value = asked.category;
      if (network) network.value = asked.network;
      radios.forEach((each) => each.draw(asked));
    },
  };
}

const indexOf = (categories) => categories.filter((each) => each.required).length || categories.length;

/** Kinds with how many there are; in several towns that sum would say nothing of the one on show. */
function group(label, categories, counted) {
  return categories.length > 0 && el('optgroup', { label }, categories.map(({ code, name, facilities }) => (
    el('option', { value: code }, counted ? `${name}（${facilities}）` : name))));
}

function oneOf(name, values, choose, wordOf) {
  const boxes = values.map((value) => el('input', { type: 'radio', name, value, onchange: () => choose(value) }));
  return {
    node: el('fieldset', { class: 'one-of', 'data-of': name }, el('legend', {}, say(`ask.${name}`)),
      el('div', {}, values.map((value, k) => el('label', {}, boxes[k], el('span', {}, wordOf(value)))))),
    draw: (asked) => boxes.forEach((box) => { box.checked = box.value === String(asked[name]); }),
  };
}
