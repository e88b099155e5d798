/** Which kind's gaps the map shows: a box, and once it is ticked the kinds of the latest run. */
import { get, Refused, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill } from '../shared/dom.js';
import { moment } from '../shared/when.js';
import { say } from './words.js';

/**
 * @param {function(object|null)} show an answer of the server; null: nothing
 * @returns {Node[]} for the layer panel
 */
export function createGapChoice(show) {
  const link = () => el('a', { href: config.urls.planning }, say('gaps.map'));
  if (!config.gaps) {
    return [el('label', { class: 'choice off' }, el('input', { type: 'checkbox', disabled: true }), say('gaps.layer')),
      el('p', { class: 'note' }, say('gaps.never'), ' ', link())];
  }
  const answers = new Map();    // kind -> promise of what the server says; '' the kind it chose
  const below = el('div', { class: 'gap-choice', 'aria-live': 'polite' });
  let turn = 0;    // what comes for an older choice is dropped
  const box = el('input', { type: 'checkbox', onchange: () => (box.checked ? choose('') : clear()) });

  function clear() {
    turn += 1;
    fill(below);
    show(null);
  }

  async function choose(kind) {
    turn += 1;
    const mine = turn;
    const asked = answers.get(kind) || get(withQuery(config.urls.gap_areas, kind ? { kind } : {}));
    answers.set(kind, asked);
    if (!below.hasChildNodes()) fill(below, el('p', { class: 'wait' }, say('gaps.loading')));
    try {
      const told = await asked;
      if (mine !== turn) return;
      answers.set(told.kind, asked);
      fill(below, ...content(told));
      show(told);
    } catch (error) {
      answers.delete(kind);
      if (mine === turn) fill(below, ...sorry(error, () => choose(kind)));
    }
  }

  function content({ run, kinds, kind }) {
    if (!run) return [el('p', { class: 'note' }, say('gaps.never'), ' ', link())];
    const select = el('select', { 'aria-label': say('gaps.kind'), onchange: () => choose(select.value) }, kinds.map(({ code, name, people }) => (
      el('option', { value: code, selected: code === kind }, say('gaps.option', { name, people: Math.round(people).toLocaleString() })))));
    return [select, el('p', { class: 'note' }, say('gaps.of_run', { at: moment(run.at), minutes: run.minutes }), ' ', link())];
  }

  return [el('label', { class: 'choice' }, box, say('gaps.layer')), below];
}

function sorry(error, again) {
  return [el('p', { class: 'fault', role: 'alert' }, error instanceof Refused ? error.message : say('gaps.failed')),
    el('button', { type: 'button', class: 'button', onclick: again }, say('incident.retry'))];
}
