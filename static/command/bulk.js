/**
 * The dialog for one deed on all that is listed: choose, hear for which it is not open and why,
 * watch it go, stop it, read how it went, and take back what can be taken back.
 */
import { get, post, Refused, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { asksChoices, Fault, formFor } from '../shared/deeds/forms.js';
import { nameOf } from '../shared/deeds/order.js';
import { say as sayDeed } from '../shared/deeds/words.js';
import { el, fill } from '../shared/dom.js';
import { sendPlain } from './atonce.js';
import { runBatch } from './batch.js';
import { bulkRow } from './bulkrow.js';
import { tally } from './openings.js';
import { undoOf } from './undo.js';
import { say } from './words.js';

// What does not depend on the single case: whom a dispatch goes to is found by the rules.
const DEEDS = ['accept', 'dispatch', 'press', 'whistle', 'return', 'suspend', 'resume', 'refuse'];
const BY_RULE = ['dispatch'];
const MOST = 500;

/**
 * @param {HTMLDialogElement} dialog
 * @param {{learn: function(object), habits: object}} tools learn takes newer facts of an incident;
 *   habits: see habits.js
 * @returns {function(object[])} open for rows
 */
export function createBulk(dialog, tools) {
  return (listed) => {
    const sheet = new Sheet(dialog, listed, tools);
    dialog.showModal();
    sheet.begin();
  };
}

class Sheet {
  #dialog;
  #tools;
  #rows;
  #items;            // id -> bulkRow
  #open = null;      // ids for which the chosen deed is open, null: not known yet
  #form = null;      // what it asks, once known
  #done = [];        // {before, after, deed} of what was done, to take back
  #halted = false;
  #title = el('h2', { id: 'bulk-title' });
  #deed = el('select', { 'aria-label': say('bulk.deed') }, DEEDS.map((deed) => el('option', { value: deed }, nameOf(deed, { state: 'accepted' }))));
  #about = el('p', { class: 'about' });
  #before = el('p', { class: 'note', role: 'status' });
  #asks = el('div');
  #list = el('ul', { class: 'bulk-rows' });
  #bar = el('progress', { max: 1, value: 0, hidden: true, 'aria-label': say('bulk.progress') });
  #sums = el('p', { class: 'note', role: 'status' });
  #buttons = el('p', { class: 'buttons' });

  constructor(dialog, listed, tools) {
    this.#dialog = dialog;
    this.#tools = tools;
    this.#rows = listed.slice(0, MOST);
    this.#items = new Map(this.#rows.map((row) => [row.id, bulkRow(row, () => this.#count())]));
    this.#sums.textContent = listed.length > MOST ? say('bulk.most', { count: MOST }) : '';
    const form = el('form', { novalidate: true }, this.#title, el('div', { class: 'with-what' }, this.#deed), this.#about, this.#asks, this.#before,
      this.#list, this.#bar, this.#sums, this.#buttons);
    fill(this.#list, Array.from(this.#items.values(), ({ item }) => item));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#start();
    });
    this.#deed.addEventListener('change', () => this.#prepare());
    dialog.addEventListener('close', () => { this.#halted = true; }, { once: true });
    fill(dialog, form);
  }

  begin() {
    this.#offer(this.#shut(say('deed.cancel')), this.#go(say('bulk.go')));
    this.#deed.focus();
    this.#prepare();
  }

  #shut(words) { return el('button', { type: 'button', class: 'button', onclick: () => this.#dialog.close() }, words); }

  #go(words) { return el('button', { type: 'submit', class: 'button main', disabled: true }, words); }

  #offer(...buttons) { fill(this.#buttons, ...buttons); }

  /** Rows that are chosen and open. */
  #chosen() { return this.#rows.filter(({ id }) => this.#items.get(id).chosen()); }

  #count() {
    const count = this.#chosen().length;
    this.#title.textContent = say('bulk.title', { count });
    const go = this.#buttons.querySelector('[type=submit]');
    if (go) go.disabled = this.#open === null || count === 0;
  }

  /** Ask for which rows the deed is open, and what its form offers. */
  async #prepare() {
    const deed = this.#deed.value;
    this.#open = null;
    this.#about.textContent = sayDeed(`about.${deed}`);
    fill(this.#asks);
    this.#form = null;
    fill(this.#before, say('bulk.asking'));
    this.#count();
    try {
      const { items } = await post(config.urls.openings, { deed, ids: this.#rows.map(({ id }) => id) });
      const first = this.#rows.find(({ id }) => items[id] && !items[id].why);
      const choices = first && asksChoices(deed) && !BY_RULE.includes(deed)
        ? await get(urlFor(config.urls.choices, { id: first.id })) : null;
      if (deed === this.#deed.value) this.#told(deed, items, first, choices);
    } catch (error) {
      if (deed !== this.#deed.value) return;
      fill(this.#before, error instanceof Refused ? error.message : say('incident.unreachable'), ' ',
        el('button', { type: 'button', class: 'link', onclick: () => this.#prepare() }, say('incident.retry')));
    }
  }

  #told(deed, items, first, choices) {
    const why = (id) => (items[id] ? items[id].why : say('deed.gone'));
    this.#open = new Set(this.#rows.map(({ id }) => id).filter((id) => !why(id)));
    this.#rows.forEach(({ id }) => this.#items.get(id).allow(why(id), items[id] && items[id].to));
    // Those it is open for come first, else a long list hides them.
    const byOpen = [...this.#rows].sort((one, other) => Number(Boolean(why(one.id))) - Number(Boolean(why(other.id))));
    fill(this.#list, byOpen.map(({ id }) => this.#items.get(id).item));
    const { open, others } = tally(this.#rows.map(({ id }) => why(id)));
    fill(this.#before, say('bulk.open', { deed: nameOf(deed, { state: 'accepted' }), open, count: this.#rows.length }),
      others.length > 0 && el('span', {}, say('bulk.others', { why: others.map(([words, count]) => say('bulk.other', { words, count })).join(say('bulk.and')) })));
    if (first && !BY_RULE.includes(deed)) {
      // No case stands for all: what only one of them has is left out.
      this.#form = formFor(deed, { ...first, dispatches: [] }, choices, { habits: this.#tools.habits });
      fill(this.#asks, this.#form.node);
    }
    this.#count();
  }

  async #start() {
    const deed = this.#deed.value;
    const wanted = this.#chosen();
    let body;
    try {
      body = this.#form ? this.#form.read() : {};
    } catch (error) {
      if (error instanceof Fault) return;    // its field says it
      throw error;
    }
    if (!wanted.length) return;
    const outcome = await this.#run(wanted, async (before) => {
      const answer = await sendPlain(deed, before, { body });
      this.#learn(deed, before, answer);
      return answer;
    });
    if (outcome.done) this.#tools.habits.keep(deed, wanted[0], body);
    this.#finish(outcome);
  }

  #learn(deed, before, { incident, stale }) {
    if (incident) this.#tools.learn(incident);
    if (incident && !stale) this.#done.push({ deed, before, after: incident });
  }

  /** @returns {Promise<object>} how it went: see runBatch */
  async #run(wanted, sendOne) {
    this.#halted = false;
    const stop = el('button', { type: 'button', class: 'button main end', onclick: () => { this.#halted = true; } }, say('bulk.stop'));
    this.#items.forEach(({ lock }) => lock());
    this.#asks.querySelectorAll('input, textarea, select').forEach((control) => { control.disabled = true; });
    this.#deed.disabled = true;
    Object.assign(this.#bar, { hidden: false, max: wanted.length, value: 0 });
    this.#offer(stop);
    stop.focus();
    return runBatch(wanted, {
      async send(row) {
        const { stale, words, incident } = await sendOne(row);
        return { stale, words: words || (incident ? '' : say('deed.gone')) };
      },
      whyNot: (error) => (error instanceof Refused ? error.message : sayDeed('told.unsent')),
      stopped: () => this.#halted,
      told: ({ row, ok, words }) => {
        this.#bar.value += 1;
        this.#items.get(row.id).tell(ok, ok ? say('bulk.ok') : words);
      },
    });
  }

  #finish(outcome) {
    this.#sums.textContent = say('bulk.sums', outcome);
    const words = say('toast.undo_note');
    const back = this.#done.map((each) => ({ ...each, undo: undoOf(each.deed, each.before, each.after, words) })).filter(({ undo }) => undo);
    this.#done = [];
    const shut = this.#shut(say('photo.shut'));
    this.#offer(shut, back.length > 0 && el('button', { type: 'button', class: 'button', onclick: () => this.#takeBack(back) }, say('bulk.undo', { count: back.length })));
    shut.focus();
  }

  /** The way back for each row, by its own deed, with its own result. */
  async #takeBack(back) {
    const ways = new Map(back.map(({ after, undo }) => [after.id, undo]));
    const outcome = await this.#run(back.map(({ after }) => after), async (row) => {
      const { deed, body } = ways.get(row.id);
      const answer = await sendPlain(deed, row, { body });
      if (answer.incident) this.#tools.learn(answer.incident);
      return answer;
    });
    this.#finish(outcome);
  }
}
