/** Scenarios under names: open, save, share by link, throw away, compare two. */
import { el, fill } from '../shared/dom.js';
import { people, signed } from './numbers.js';
import { say } from './words.js';

/**
 * @param {HTMLElement} place  @param {HTMLDialogElement} dialog  @param {string} username mine
 * @param {object} on open(id) save({name, over}) share(): Promise<string> drop() compare(a, b): Promise
 */
export function createScenarios(place, dialog, username, on) {
  const state = { list: [], current: null };
  const pick = el('select', { id: 'scenario', onchange: () => on.open(pick.value || null) });
  const button = (words, act, id) => el('button', { type: 'button', class: 'button', id, onclick: act }, words);
  const save = button(say('scenario.save'), askName, 'save');
  const share = button(say('scenario.share'), () => on.share(), 'share');
  const compare = button(say('scenario.compare'), () => askPair(), 'compare');
  const drop = button(say('scenario.drop'), askDrop, 'drop');
  const told = el('p', { class: 'note', role: 'status', id: 'scenario-told' });
  fill(place, el('h2', {}, say('scenario.title')),
    el('label', { class: 'field' }, el('span', { class: 'only-read' }, say('scenario.open')), pick),
    el('div', { class: 'row' }, save, share, compare, drop), told);

  const mine = () => state.current && state.current.by === username;
  const cancel = () => el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('dialog.cancel'));

  function show(title, ...content) {
    fill(dialog, el('h2', { id: 'dialog-title' }, title), ...content);
    if (!dialog.open) dialog.showModal();
  }

  function askName() {
    const name = el('input', { type: 'text', maxlength: 60, required: true, id: 'scenario-name', value: state.current ? state.current.name : '' });
    const send = (over) => {
      if (!name.value.trim()) {
        name.setAttribute('aria-invalid', 'true');
        name.focus();
        return;
      }
      dialog.close();
      on.save({ name: name.value.trim(), over });
    };
    const form = el('form', { onsubmit: (event) => { event.preventDefault(); send(Boolean(mine())); } },
      el('label', { class: 'field' }, el('span', {}, say('scenario.name')), name),
      el('p', { class: 'buttons' }, cancel(),
        mine() && el('button', { type: 'button', class: 'button', onclick: () => send(false) }, say('scenario.as_new')),
        el('button', { type: 'submit', class: 'button main' }, mine() ? say('scenario.over') : say('scenario.keep'))));
    show(say('scenario.save_title'), form);
    name.focus();
    name.select();
  }

  function askDrop() {
    show(say('scenario.drop_title', { name: state.current.name }), el('p', {}, say('scenario.drop_words')),
      el('p', { class: 'buttons' }, cancel(), el('button', {
        type: 'button', class: 'button danger', onclick: () => { dialog.close(); on.drop(); },
      }, say('scenario.drop'))));
  }

  async function askPair(a = state.current ? state.current.id : state.list[0].id, b = null) {
    const other = b || (state.list.find(({ id }) => id !== a) || state.list[0]).id;
    const choose = (value, act) => el('select', { onchange: (event) => act(event.target.value), 'aria-label': say('scenario.one_of_two') },
      state.list.map(({ id, name }) => el('option', { value: id, selected: id === value }, name)));
    const pair = el('div', { class: 'pair' }, choose(a, (id) => askPair(id, other)), choose(other, (id) => askPair(a, id)));
    const result = el('div', { class: 'compared' }, el('p', { class: 'wait' }, say('state.loading')));
    show(say('scenario.compare_title'), pair, result,
      el('p', { class: 'buttons' }, ...[['a', a], ['b', other]].map(([label, id]) => el('button', {
        type: 'button', class: 'button', onclick: () => { dialog.close(); on.open(id); },
      }, say(`scenario.see_${label}`))), cancel()));
    try {
      fill(result, rows(await on.compare(a, other)));
    } catch (error) {
      fill(result, el('p', { role: 'alert' }, error.message));
    }
  }

  return {
    draw({ list, current, dirty }) {
      Object.assign(state, { list, current });
      fill(pick, el('option', { value: '' }, say('scenario.none')),
        list.map(({ id, name, by }) => el('option', { value: id }, by && by !== username ? `${name}（${by}）` : name)));
      pick.value = current ? current.id : '';
      save.disabled = !dirty && !current;
      compare.disabled = list.length < 2;
      drop.hidden = !mine();
      place.dataset.dirty = dirty;
    },
    tell: (words) => { told.textContent = words; },
    shut: () => dialog.close(),
  };
}

function rows({ a, b, categories }) {
  if (!categories.length) return el('p', {}, say('scenario.no_change'));
  const cell = (sums, now) => el('td', {}, el('b', { class: 'figure' }, people(sums.covered)), ' ',
    now && el('small', {}, signed(sums.covered - now.covered)));
  return el('table', {}, el('caption', {}, say('scenario.covered')),
    el('thead', {}, el('tr', {}, [say('ask.kind'), say('scenario.now'), a.name, b.name].map((words) => el('th', { scope: 'col' }, words)))),
    el('tbody', {}, categories.map((row) => el('tr', {}, el('th', { scope: 'row' }, row.name),
      cell(row.now), cell(row.a, row.now), cell(row.b, row.now)))));
}
