/** The photos of the report that is being made: taken, developed, looked at, taken away. */
import { uuid } from '../shared/uuid.js';
import { develop, recall } from './film.js';

/**
 * @param {Object} parts store, keeper; changed() to draw anew; unreadable() a file was no picture
 */
export function createAlbum({ store, keeper, changed, unreadable }) {
  let working = Promise.resolve();   // photos still being developed

  /** Take a picture into a draft. */
  function add(draft, file, after) {
    const photo = { id: uuid(), url: null, after };
    draft.photos.push(photo);
    changed();
    settle(draft, photo, develop(file, photo.id, keeper));
  }

  /** The pictures of a draft that came from the disk. */
  function bring(draft) {
    draft.photos.forEach((photo) => settle(draft, photo, recall(store, photo.id, keeper)));
  }

  function settle(draft, photo, developing) {
    working = Promise.all([working, finish(draft, photo, developing)]);
  }

  async function finish(draft, photo, developing) {
    try {
      Object.assign(photo, await developing);
      photo.url = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
    } catch (error) {
      take(draft, photo);
      unreadable();
    }
    changed();
  }

  function take(draft, photo) {
    const at = draft.photos.indexOf(photo);
    if (at >= 0) draft.photos.splice(at, 1);
    keeper.dropPhoto(photo.id);
  }

  function remove(draft, photo) {
    take(draft, photo);
    URL.revokeObjectURL(photo.url);
    changed();
  }

  /** All are ready; false when one could not be read: it was said, people decide. */
  async function ready(draft) {
    const before = draft.photos.length;
    await working;
    return draft.photos.length === before;
  }

  return { add, bring, remove, ready };
}

/** The pictures are no longer on screen. */
export const forget = (draft) => draft.photos.forEach(({ url }) => URL.revokeObjectURL(url));
