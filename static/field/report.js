/**
 * The report form: one draft, from the photo to 提交. It is on disk all the while (drafts.js);
 * 提交 makes an item of it, which the outbox has on disk before we say so.
 */
import { byId } from '../shared/dom.js';
import { createAlbum, forget } from './album.js';
import { fromRow, hasRoom, missing, newDraft, rowOf } from './draft.js';
import { createKeeper, flushWhenLeaving, reportKey } from './drafts.js';
import { createFormView } from './formview.js';
import { itemOf, picturesOf } from './item.js';
import { areaName } from './route.js';
import { say } from './words.js';

/**
 * @param {Object} parts store, owner, place, router, similar, outbox, picker, screens,
 *   kept: called with the item on disk, merged: with the existing incident and a way to undo,
 *   shown: called with the draft, or null, whenever it has changed
 */
export function createReport({ store, owner, place, router, similar, outbox, picker, screens, kept, merged, shown }) {
  let draft = null;
  let busy = false;
  let restored = false;

  const form = byId('report-form');
  const button = byId('submit');
  const { words, settled } = form.elements;
  const view = createFormView({
    picker, router, similar, screens,
    remove: (photo) => album.remove(draft, photo),
    same: (incident) => once(() => sameAs(incident)),
  });
  const keeper = createKeeper({ store, row, failed: view.notKept });
  const album = createAlbum({ store, keeper, changed: draw, unreadable: () => view.complain(say('photo.unreadable')) });

  function row() {
    if (!draft) return null;
    const where = { point: place.current(), chosenArea: router.choice() };
    return { key: reportKey(owner), owner, ...rowOf(draft, where) };
  }

  /** Open the form, with the photo that was just taken or without one. */
  function begin(file, after = false) {
    if (!draft) similar.reset();
    draft = draft || newDraft();
    keeper.open();
    place.refresh();
    if (screens.current() === 'done') screens.swap('form');
    if (screens.current() !== 'form') screens.open('form');
    view.complain('');
    if (file && hasRoom(draft, after)) album.add(draft, file, after);
    else draw();
  }

  /** What an earlier page left behind, with its photos; people go on when they like. */
  function restore(found) {
    if (draft || !found.filled) return;
    restored = true;
    take(fromRow(found), found.fields);
    album.bring(draft);
  }

  /** An item that the server refused goes back into the form. */
  async function edit(item) {
    if (draft || !item.form) return false;
    const fields = item.code === 'id_reused' ? { ...item.form, id: newDraft().id } : item.form;
    const found = { key: reportKey(owner), owner, kind: 'report', fields, photos: item.photos, filled: true, at: Date.now() };
    await outbox.reopen(item, found);
    restore(found);
    begin();
    return true;
  }

  function take(aside, { point = null, chosenArea = null } = {}) {
    draft = aside;
    keeper.open();
    words.value = draft.words;
    settled.checked = draft.settled;
    if (point) place.recall(point);   // it happened there, wherever the phone is by now
    if (chosenArea) router.choose(chosenArea);
    draw();
  }

  function choose(category) {
    draft.category = category;
    view.complain('');
    draw();
  }

  /** One thing at a time: the second of two quick taps finds the first at work. */
  async function once(work) {
    if (busy) return;
    busy = true;
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      view.notKept(error);
    } finally {
      busy = false;
      button.disabled = false;
    }
  }

  async function finish() {
    if (!(await album.ready(draft))) return;
    const lack = missing(draft, place.current());
    if (lack) {
      view.demand(lack);
      return;
    }
    const item = await keep();
    forget(draft);
    away();
    kept(item);
  }

  /** On disk first, as an item and no longer as a draft; the outbox sends it by itself. */
  async function keep() {
    const old = row();
    const choice = router.choice();
    const moment = { point: place.current(), chosenArea: choice, now: Date.now() };
    const item = await itemOf(draft, moment, areaName(router.answer(), choice), old.fields);
    await closing(() => outbox.keep(item, picturesOf(draft), old));
    picker.used(draft.category);
    return item;
  }

  /** The draft is handed on: no late writing may bring it back, unless handing on fails. */
  async function closing(work) {
    await keeper.close();
    try {
      return await work();
    } catch (error) {
      keeper.open();
      throw error;
    }
  }

  /** It is known already: what was seen here is added to it, and this draft is put aside. */
  async function sameAs(incident) {
    if (!(await album.ready(draft))) return;
    const aside = draft;
    const old = row();
    const { undone, held } = await closing(() => merged(incident, aside, old));
    similar.dismiss();
    away();
    undone.then((wanted) => {
      if (wanted && !draft) return resume(aside, old);
      forget(aside);
      return held ? undefined : drop(old);
    });
  }

  /** Bring back what was put aside, bytes and all: the disk has given it away. */
  function resume(aside, old) {
    take(aside, old.fields);
    picturesOf({ ...aside, settled: true }).forEach((picture) => keeper.photo({ ...picture, raw: false }));
    begin();
  }

  /** Put aside as not wanted; the disk has it until `gone` is called, so `back` is possible. */
  function discard() {
    const aside = draft;
    const old = row();
    const closed = keeper.close();
    away();
    return {
      back: () => { if (!draft) take(aside, old.fields); },
      gone: () => closed.then(() => {
        forget(aside);
        return drop(old);
      }),
    };
  }

  /** From the disk too; the next draft may stand there already, under the same key. */
  const drop = (old) => store.dropDraft(draft ? { ...old, key: '' } : old);

  function away() {
    draft = null;
    restored = false;
    form.reset();
    view.complain('');
    place.unpin();
    draw();
  }

  function draw() {
    shown(draft, restored);
    if (!draft) return;
    view.draw(draft);
    placed();
  }

  /** The place, or what is known of it, has changed. */
  function placed() {
    if (!draft) return;
    keeper.soon();
    view.question();
    similar.ask(draft.category, place.current());
  }

  router.listen(placed);
  place.listen(placed);
  similar.listen(() => view.hint(draft));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    once(finish);
  });
  words.addEventListener('input', () => {
    draft.words = words.value;
    keeper.soon();
  });
  settled.addEventListener('change', () => {
    draft.settled = settled.checked;
    view.complain('');
    draw();
  });
  flushWhenLeaving(keeper.flush);

  return { begin, choose, draw, discard, restore, edit, flush: keeper.flush };
}
