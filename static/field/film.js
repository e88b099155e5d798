/**
 * From the camera to the disk: the picture as it came is kept first, then shrunk and kept in its
 * place, so that a page killed in between has it all the same.
 */
import { shrink } from './photo.js';
import { sha256 } from './sha256.js';

/**
 * @param {Blob} file  @param {string} id of the photo  @param {Object} keeper see drafts.js
 * @returns {Promise<{bytes: ArrayBuffer, type: string, sha256: string}>} rejects when it is no picture
 */
export async function develop(file, id, keeper) {
  await keeper.photo({ id, bytes: await file.arrayBuffer(), type: file.type, raw: true });
  const { bytes, type } = await shrink(file);
  const name = await sha256(bytes);
  await keeper.photo({ id, bytes, type, raw: false });
  return { bytes, type, sha256: name };
}

/** A photo of an earlier page, developed now if it was not; rejects when its bytes are gone. */
export async function recall(store, id, keeper) {
  const { bytes, type, raw } = await store.photo(id);
  if (raw) return develop(new Blob([bytes], { type }), id, keeper);
  return { bytes, type, sha256: await sha256(bytes) };
}
