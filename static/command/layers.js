/** The layer panel: level of the areas, what lies on them, markers by state, parts of the base map. */
import { el, fill } from '../shared/dom.js';
import { GROUPS } from '../shared/basemap.js';
import { MAP_STATES } from '../shared/states.js';
import { createGapChoice } from './gapchoice.js';
import { marker } from './marks.js';
import { say } from './words.js';

/**
 * @param {HTMLElement} panel
 * @param {{levels: string[], basemaps: object[]}} what levels present; online base maps by name
 * @param {{base(name), groups(Set), areas(object), heat(boolean), gaps(object|null), onCall(boolean),
 *   states(string[])}} on called after a change
 * @returns {function(number)} how many are on emergency duty; their box follows until somebody sets it
 */
export function createLayers(panel, { levels, basemaps }, on) {
  const groups = new Set(GROUPS);
  const states = new Set(MAP_STATES);
  const toggled = (set, name, tell) => (event) => {
    if (event.target.checked) set.add(name);
    else set.delete(name);
    tell();
  };
  let set = false;
  const onCall = box(say('layers.on_call'), false, (event) => {
    set = true;
    on.onCall(event.target.checked);
  });
  fill(panel,
    part(say('layers.level'),
      radios('level', ['auto', ...levels], (level) => on.areas({ level }), (level) => (
        level === 'auto' ? say('layers.auto') : say(`level.${level}`))),
      box(say('layers.fill'), true, (event) => on.areas({ fill: event.target.checked })),
      box(say('layers.names'), true, (event) => on.areas({ names: event.target.checked })),
      box(say('layers.staffing'), false, (event) => on.areas({ staffing: event.target.checked })),
      box(say('layers.heat'), false, (event) => on.heat(event.target.checked))),
    part(say('layers.more'), onCall, createGapChoice(on.gaps)),
    part(say('layers.markers'), MAP_STATES.map((state) => box(
      [marker({ state }), say(`state.${state}`)], true, toggled(states, state, () => on.states([...states]))))),
    part(say('layers.base'),
      basemaps.length > 0 && radios('base', ['own', ...basemaps.map(({ name }) => name)], on.base, (name) => (
        name === 'own' ? say('layers.own') : name)),
      GROUPS.map((group) => box(say(`base.${group}`), true, toggled(groups, group, () => on.groups(groups))))));
  return (count) => {
    onCall.lastChild.textContent = count ? say('layers.on_call_count', { count }) : say('layers.on_call');
    if (set) return;
    onCall.firstChild.checked = count > 0;
    on.onCall(count > 0);
  };
}

function part(title, ...content) {
  return el('fieldset', {}, el('legend', {}, title), ...content);
}

function box(label, checked, onchange) {
  return el('label', { class: 'choice' }, el('input', { type: 'checkbox', checked, onchange }), label);
}

/** One of several; the first is chosen. */
function radios(name, values, choose, wordOf) {
  return el('div', { class: 'one-of' }, values.map((value, index) => el('label', {},
    el('input', { type: 'radio', name, value, checked: index === 0, onchange: () => choose(value) }),
    el('span', {}, wordOf(value)))));
}
