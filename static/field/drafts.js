/**
 * Keeps one form on the phone while it is being filled in: soon after each field, at once when the
 * page may be about to go (camera, other app, closing). Touches no DOM.
 */
const SOON_MS = 250;

export const reportKey = (owner) => `${owner}|report`;
export const deedKey = (owner, incident, deed) => `${owner}|${incident}|${deed}`;

/** The drafts of one person, latest first. */
export async function draftsOf(store, owner) {
  const mine = (await store.drafts()).filter((draft) => draft.owner === owner);
  return mine.sort((a, b) => b.at - a.at);
}

/**
 * @param {Object} parts store; row() -> the draft as it is now, or null while there is none;
 *   failed(error) the phone could not keep it: the form has it still
 */
export function createKeeper({ store, row, failed = () => {}, now = () => Date.now() }) {
  let timer = null;
  let writing = Promise.resolve();
  let closed = false;

  /** A field has changed. */
  function soon() {
    if (timer === null && !closed) timer = setTimeout(flush, SOON_MS);
  }

  /** Resolves when the disk has the form as it is now, or `failed` was told. */
  const flush = () => write([], failed);

  /**
   * The same with a photo's bytes {id, bytes, type, raw}. That a raw one finds no room is no
   * failure yet: it is about to be shrunk.
   */
  const photo = (picture) => write([picture], picture.raw ? () => {} : failed);

  /** One after the other, each with the form as it is now. */
  function write(pictures, refused) {
    clearTimeout(timer);
    timer = null;
    const draft = closed ? null : row();
    if (draft) writing = writing.then(() => store.saveDraft({ ...draft, at: now() }, pictures)).catch(refused);
    return writing;
  }

  function dropPhoto(id) {
    writing = writing.then(() => store.dropPhoto(id)).catch(() => {});
    return flush();
  }

  /** Nothing more is written; resolves when the last writing has ended. */
  function close() {
    clearTimeout(timer);
    timer = null;
    closed = true;
    return writing;
  }

  function open() {
    closed = false;
  }

  return { soon, flush, photo, dropPhoto, close, open };
}

/** Flush on every occasion after which the page may be gone. @returns how to stop */
export function flushWhenLeaving(flush) {
  const hidden = () => { if (document.hidden) flush(); };
  document.addEventListener('visibilitychange', hidden);
  window.addEventListener('pagehide', flush);
  return () => {
    document.removeEventListener('visibilitychange', hidden);
    window.removeEventListener('pagehide', flush);
  };
}
