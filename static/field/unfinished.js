/** Forms that were begun and not sent: offered at the top of the page, never in the way. */
import { byId, el, fill } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { deedKey, draftsOf, reportKey } from './drafts.js';
import { createUndo } from './undo.js';
import { say } from './words.js';

/**
 * @param {Object} parts store, owner, outbox, screens
 * @returns {Object} shown: told by report.js of its draft; start(report): bring back what is there;
 *   follow(open): how the form of a deed is opened; edit(item): what the server refused, into its form
 */
export function createUnfinished({ store, owner, outbox, screens }) {
  const undo = createUndo(byId('discarded'));
  const undoDeed = createUndo(byId('deed-discarded'));
  const list = byId('deed-drafts');
  let report = null;
  let open = null;

  /** The report that is being made, or none. */
  function shown(draft, restored) {
    byId('unfinished').hidden = !draft;
    byId('fresh').hidden = Boolean(draft);
    if (!draft) return;
    undo.end();
    byId('unfinished-words').textContent = restored ? say('draft.restored') : say('draft.begun');
    byId('unfinished-about').textContent = [
      draft.category && draft.category.name,
      draft.photos.length > 0 && say('entry.photos', { count: draft.photos.length }),
      draft.words.trim(),
    ].filter(Boolean).join(' · ');
  }

  async function discard() {
    const aside = report.discard();
    if (await undo.offer()) aside.back();
    else await aside.gone();
  }

  /** Steps on incidents that were begun; hidden while there are none. */
  async function drawDeeds(hiding = null) {
    const drafts = (await draftsOf(store, owner)).filter((draft) => draft.kind === 'deed' && draft.filled && draft.key !== hiding);
    fill(list, drafts.map((draft) => el('li', { class: 'row' },
      el('span', {}, el('strong', {}, `${draft.label.category} · ${draft.label.deed}`),
        el('span', { class: 'row-words' }, say('draft.deed', { when: when(new Date(draft.at).toISOString()) }))),
      el('span', { class: 'row-deeds' },
        el('button', { type: 'button', class: 'button main', onclick: () => open(draft.incident, draft.deed) }, say('do.go_on')),
        el('button', { type: 'button', class: 'button', onclick: () => discardDeed(draft) }, say('do.drop'))))));
  }

  async function discardDeed(draft) {
    await drawDeeds(draft.key);
    if (!await undoDeed.offer()) await store.dropDraft(draft);
    await drawDeeds();
  }

  async function start(form) {
    report = form;
    try {
      const found = await store.draft(reportKey(owner));
      if (found) report.restore(found);
      await drawDeeds();
    } catch (error) {
      console.error(error);   // what cannot be read now must not keep people from reporting
    }
  }

  /** One form of a kind at a time: the other is finished, or discarded, first. */
  async function edit(item) {
    const done = item.deed ? await editDeed(item) : await report.edit(item);
    if (!done) window.alert(say('draft.first'));
  }

  async function editDeed(item) {
    const { incident, deed, label, form, photos } = item;
    const key = deedKey(owner, incident, deed);
    const other = await store.draft(key);
    if (other && other.filled) return false;
    await outbox.reopen(item, { key, owner, kind: 'deed', incident, deed, label, fields: form, photos, filled: true, at: Date.now() });
    open(incident, deed);
    return true;
  }

  byId('discard').addEventListener('click', discard);
  screens.listen((name) => { if (name === 'home') drawDeeds(); });
  outbox.listen(({ receipt }) => { if (receipt) drawDeeds(); });
  return { shown, start, edit, follow(how) { open = how; } };
}
