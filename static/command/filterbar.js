/** The conditions in full, behind one button: state, category, area, deadline, source, period. */
import { el, fill } from '../shared/dom.js';
import { STATES } from '../shared/states.js';
import { marker } from './marks.js';
import { say } from './words.js';

/**
 * @param {{button, panel: HTMLElement}} places
 * @param {object} known see createKnown  @param {function(object)} change gets what the filter becomes
 * @returns {{draw: function(object), shut: function(): boolean}} shut: false when it was shut already
 */
export function createFilterBar({ button, panel }, known, change) {
  let shown = null;    // the filter whose conditions stand in the panel

  function open(wanted) {
    panel.hidden = !wanted;
    button.setAttribute('aria-expanded', wanted);
    if (wanted) fill(panel, parts(shown, known, change));
    (wanted ? panel.querySelector('input, select') : button).focus();
  }

  button.addEventListener('click', () => open(panel.hidden));
  return {
    draw(filter) {
      const same = shown && KEYS.every((key) => String(shown[key]) === String(filter[key]));
      shown = filter;
      // What was just pressed keeps the focus: only a change from elsewhere draws anew.
      if (!panel.hidden && !same && !panel.contains(document.activeElement)) fill(panel, parts(filter, known, change));
    },
    shut() {
      if (panel.hidden) return false;
      open(false);
      return true;
    },
  };
}

const DAY = 'YYYY-MM-DD'.length;    // an hour of a day comes by a link alone
const KEYS = ['states', 'category', 'source', 'area', 'due', 'since', 'until'];

function parts(filter, known, tell) {
  // Boxes pressed one after the other add up, though the panel is not drawn anew between.
  let latest = filter;
  const change = (part) => {
    latest = { ...latest, ...part };
    tell(part);
  };
  const toggled = (name, code, on) => {
    const rest = latest[name].filter((other) => other !== code);
    change({ [name]: on ? [...rest, code] : rest });
  };
  const box = (name, code, label) => el('label', { class: 'choice' }, el('input', {
    type: 'checkbox', checked: filter[name].includes(code), onchange: (event) => toggled(name, code, event.target.checked),
  }), label);
  return [
    group(say('filter.state'), el('div', { class: 'boxes' }, STATES.map((state) => box('states', state, [marker({ state }), say(`state.${state}`)])))),
    field(say('filter.category'), select('category', filter.category[0] || '', [
      el('option', { value: '' }, say('filter.any')),
      known.categories.map(({ code, name, minors }) => el('optgroup', { label: name },
        el('option', { value: code }, say('filter.all_of', { name })),
        minors.map((minor) => el('option', { value: minor.code }, minor.name)))),
    ], (code) => change({ category: code ? [code] : [] }))),
    field(say('filter.area'), areaInput(filter, known, change)),
    field(say('filter.due'), select('due', filter.due, [
      el('option', { value: '' }, say('filter.any')),
      ['near', 'over'].map((due) => el('option', { value: due }, say(`figure.${due}`))),
    ], (due) => change({ due }))),
    field(say('filter.since'), el('input', { type: 'date', name: 'since', value: filter.since.slice(0, DAY), onchange: (event) => change({ since: event.target.value }) })),
    field(say('filter.until'), el('input', { type: 'date', name: 'until', value: filter.until.slice(0, DAY), onchange: (event) => change({ until: event.target.value }) })),
    group(say('filter.source'), el('div', { class: 'boxes' }, known.sources.map(({ code, name }) => box('source', code, name)))),
  ];
}

const field = (label, control) => el('label', { class: 'field' }, el('span', {}, label), control);
const group = (label, ...content) => el('fieldset', {}, el('legend', {}, label), ...content);

function select(name, value, options, choose) {
  const control = el('select', { name, onchange: (event) => choose(event.target.value) }, options);
  control.value = value;
  return control;
}

/** An area by name or code, offered while typing: a city has thousands. */
function areaInput(filter, known, change) {
  const list = el('datalist', { id: 'area-names' }, known.areas().map(({ name, code }) => el('option', { value: code }, name)));
  const input = el('input', {
    type: 'text', name: 'area', list: 'area-names', autocomplete: 'off', placeholder: say('filter.area_hint'), value: filter.area ? known.areaName(filter.area) : '',
    onchange: (event) => {
      const text = event.target.value.trim();
      const found = known.areas().find(({ code, name }) => code === text || name === text);
      event.target.setCustomValidity(text && !found ? say('area.missing') : '');
      event.target.reportValidity();
      if (found || !text) change({ area: found ? found.code : '' });
      if (found) event.target.value = found.name;
    },
  });
  return [input, list];
}
