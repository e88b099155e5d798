/** The form of a deed while it is being filled in: on disk all the while, and back when it is opened again. */
import { byId } from '../shared/dom.js';
import { createKeeper, deedKey } from './drafts.js';
import { develop, recall } from './film.js';
import { capture, differs, restore } from './formstate.js';
import { createUndo } from './undo.js';

/**
 * @param {Object} parts store, owner; failed(error) the phone could not keep it
 * @returns {Object} one at a time: begin() a form, tie() it to what is on screen, leave() it
 */
export function createDeedDraft({ store, owner, failed }) {
  const bar = byId('deed-restored');
  const undo = createUndo(byId('deed-undo'));
  let now = null;     // the form on screen: {about, form, empty, found, keeper}

  /**
   * A form is about to be built: what was kept of it, and what its photo fields need.
   * @param {Object} about incident (its id), deed, label
   * @param {boolean} anew without what was kept
   */
  async function begin(about, anew = false) {
    if (now) await now.keeper.close();
    const kept = anew ? null : await store.draft(deedKey(owner, about.incident, about.deed));
    const session = { about, form: null, empty: null, found: kept && kept.filled ? kept : null };
    session.keeper = createKeeper({ store, row: () => rowOf(session), failed });
    now = session;
    return {
      prepare: (file, { id }) => develop(file, id, session.keeper),
      removed: ({ id }) => session.keeper.dropPhoto(id),
      before: (role) => (session.found ? session.found.photos.filter((photo) => photo.role === role) : []),
      recall: (id) => recall(store, id, session.keeper),
    };
  }

  /** It is on screen: put back what was kept, and follow it from now on. */
  function tie(form) {
    now.empty = capture(form.node);
    now.form = form;
    if (now.found) restore(form.node, now.found.fields.asks);
    bar.hidden = !now.found;
  }

  function rowOf({ about, form, empty }) {
    if (!form) return null;
    const asks = capture(form.node);
    const photos = form.photos().map(({ id, role }) => ({ id, role }));
    return {
      ...about,
      key: deedKey(owner, about.incident, about.deed),
      owner,
      kind: 'deed',
      fields: { asks },
      photos,
      filled: photos.length > 0 || differs(asks, empty),
    };
  }

  /** 丢弃, with a while to take it back. @param {function(boolean): Promise} rebuild the form, anew or as kept */
  async function discard(rebuild) {
    const { found } = now;
    await rebuild(true);
    const session = now;
    if (await undo.offer()) {
      await store.saveDraft(found);
      if (now === session) await rebuild(false);
      return;
    }
    // Another one may stand under the same key by now: then only the old pictures go.
    const next = await store.draft(found.key);
    await store.dropDraft(next && next.at > found.at ? { ...found, key: '' } : found);
  }

  return {
    begin, tie, discard,
    row: () => rowOf(now),
    soon: () => now && now.keeper.soon(),
    flush: () => now && now.keeper.flush(),
    close: () => now.keeper.close(),
    open: () => now.keeper.open(),
    /** The screen is left; what is on disk stays. */
    leave: () => {
      undo.end();
      return now && now.keeper.flush();
    },
  };
}
