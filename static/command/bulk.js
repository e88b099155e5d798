/** The dialog for one deed on all that is listed: choose, watch it go, stop it, read how it went. */
import { Refused, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { nameOf } from '../shared/deeds/order.js';
import { sendDeed } from '../shared/deeds/send.js';
import { say as sayDeed } from '../shared/deeds/words.js';
import { el, fill } from '../shared/dom.js';
import { uuid } from '../shared/uuid.js';
import { runBatch } from './batch.js';
import { marker } from './marks.js';
import { say } from './words.js';

// Deeds that need no more than a note: whom a dispatch goes to is found by the rules.
const DEEDS = ['accept', 'dispatch', 'press'];
const NOTED = ['press'];
const MOST = 500;

/**
 * @param {HTMLDialogElement} dialog
 * @param {function(object[]): object[]} learn  takes newer facts of an incident
 * @returns {function(object[])} open for rows
 */
export function createBulk(dialog, learn) {
  return function open(listed) {
    const rows = listed.slice(0, MOST);
    const chosen = new Set(rows.map(({ id }) => id));
    const title = el('h2', { id: 'bulk-title' });
    const name = () => { title.textContent = say('bulk.title', { count: chosen.size }); };
    name();
    const deed = el('select', { 'aria-label': say('bulk.deed') }, DEEDS.map((each) => el('option', { value: each }, nameOf(each, { state: 'accepted' }))));
    const note = el('textarea', { rows: 2, maxlength: 500, 'aria-label': say('bulk.note'), placeholder: say('bulk.note') });
    const about = el('p', { class: 'about' });
    const describe = () => {
      about.textContent = sayDeed(`about.${deed.value}`);
      note.hidden = !NOTED.includes(deed.value);
    };
    deed.addEventListener('change', describe);
    describe();
    const items = new Map(rows.map((row) => [row.id, line(row, chosen, name)]));
    const bar = el('progress', { max: 1, value: 0, hidden: true, 'aria-label': say('bulk.progress') });
    const sums = el('p', { class: 'note', role: 'status' }, listed.length > MOST && say('bulk.most', { count: MOST }));
    const shut = el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('deed.cancel'));
    const go = el('button', { type: 'submit', class: 'button main' }, say('bulk.go'));
    const form = el('form', {}, title, el('div', { class: 'with-what' }, deed), about, note,
      el('ul', { class: 'bulk-rows' }, Array.from(items.values(), ({ item }) => item)), bar, sums, el('p', { class: 'buttons' }, shut, go));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      run();
    });
    fill(dialog, form);
    dialog.showModal();
    deed.focus();

    async function run() {
      const wanted = rows.filter(({ id }) => chosen.has(id));
      if (!wanted.length || (NOTED.includes(deed.value) && !note.value.trim())) {
        sums.textContent = wanted.length ? say('bulk.needs_note') : say('bulk.none');
        return;
      }
      let halted = false;
      let seen = 0;
      const stop = el('button', { type: 'button', class: 'button main end', onclick: () => { halted = true; } }, say('bulk.stop'));
      const onClose = () => { halted = true; };
      dialog.addEventListener('close', onClose, { once: true });
      items.forEach(({ box }) => { box.disabled = true; });
      Object.assign(bar, { hidden: false, max: wanted.length, value: 0 });
      [deed, note, shut].forEach((control) => { control.disabled = true; });
      go.replaceWith(stop);
      stop.focus();
      const outcome = await runBatch(wanted, {
        send: (row) => sendOne(row, deed.value, note.value.trim(), learn),
        whyNot: (error) => (error instanceof Refused ? error.message : sayDeed('told.unsent')),
        stopped: () => halted,
        told({ row, ok, words }) {
          seen += 1;
          bar.value = seen;
          items.get(row.id).tell(ok, ok ? say('bulk.ok') : words);
        },
      });
      dialog.removeEventListener('close', onClose);
      sums.textContent = say('bulk.sums', outcome);
      shut.disabled = false;
      shut.textContent = say('photo.shut');
      stop.remove();
      shut.focus();
    }
  };
}

async function sendOne(row, deed, note, learn) {
  const form = { read: () => (note ? { note } : {}), photos: () => [], blame: () => {} };
  const url = urlFor(config.urls.deed, { id: row.id, deed });
  const answer = await sendDeed({ url, photoUrl: null, incident: row, id: uuid(), form });
  if (answer.incident) learn(answer.incident);
  return { stale: answer.stale, words: answer.words || say('deed.gone') };
}

function line(row, chosen, changed) {
  const box = el('input', {
    type: 'checkbox', checked: true,
    onchange: (event) => {
      if (event.target.checked) chosen.add(row.id);
      else chosen.delete(row.id);
      changed();
    },
  });
  const outcome = el('span', { class: 'outcome' });
  const item = el('li', {}, el('label', { class: 'choice' }, box, marker({ state: row.state }),
    el('span', { class: 'figure' }, row.number), el('span', { class: 'name' }, row.category_name), el('span', { class: 'where' }, row.area_name || say('list.no_area'))), outcome);
  return {
    item,
    box,
    tell(ok, words) {
      item.dataset.outcome = ok ? 'ok' : 'not';
      outcome.textContent = words;
      item.scrollIntoView({ block: 'nearest' });
    },
  };
}
