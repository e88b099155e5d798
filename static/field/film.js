/**
 * From the camera to the disk: the picture as it came is kept first, then shrunk and kept in its
 * place, so that a page killed in between has it all the same.
 */
import { shrink } from './photo.js';
import { sha256 } from './sha256.js';

/** How a file of each kind begins, of those the server reads. */
const PICTURES = [
  [/^\xff\xd8\xff/, 'image/jpeg'], [/^\x89PNG/, 'image/png'], [/^RIFF.{4}WEBP/s, 'image/webp'],
];

/**
 * @param {Blob} file  @param {string} id of the photo  @param {Object} keeper see drafts.js
 * @returns {Promise<{bytes: ArrayBuffer, type: string, sha256: string}>} rejects when it is no picture
 */
export async function develop(file, id, keeper) {
  const original = await file.arrayBuffer();
  await keeper.photo({ id, bytes: original, type: file.type, raw: true });
  const { bytes, type } = await shrink(file).catch((error) => asItCame(original, error));
  const name = await sha256(bytes);
  await keeper.photo({ id, bytes, type, raw: false });
  return { bytes, type, sha256: name };
}

/** What begins as a picture but cannot be drawn, for want of memory say, goes to the server whole. */
function asItCame(bytes, error) {
  const start = String.fromCharCode(...new Uint8Array(bytes, 0, Math.min(12, bytes.byteLength)));
  const known = PICTURES.find(([sign]) => sign.test(start));
  if (!known) throw error;
  return { bytes, type: known[1] };
}

/** A photo of an earlier page, developed now if it was not; rejects when its bytes are gone. */
export async function recall(store, id, keeper) {
  const { bytes, type, raw } = await store.photo(id);
  if (raw) return develop(new Blob([bytes], { type }), id, keeper);
  return { bytes, type, sha256: await sha256(bytes) };
}
