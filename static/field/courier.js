/**
 * Carries one report and its photos to the server, and believes only a matching receipt: the same
 * id, and the SHA-256 of the report's content or of the photo's bytes. Repeating it is safe.
 */
import { Unreachable, urlFor } from '../shared/api.js';

/**
 * @param {{post: Function, put: Function, urls: {reports: string, photo: string}, store: Object}} way
 * @returns {function(Object): Promise<Object>} deliver(entry): the receipt, or throws
 */
export function courier({ post, put, urls, store }) {
  return async function deliver(entry) {
    const receipt = await post(urls.reports, entry.body);
    check(receipt, entry);
    const there = new Set((receipt.photos || []).filter((photo) => photo.stored).map((photo) => photo.id));
    // One at a time: a cheap phone holds one picture in memory, not three.
    for (const photo of entry.photos.filter(({ id }) => !there.has(id))) {
      await carry(entry, photo);
    }
    return receipt;
  };

  async function carry(entry, photo) {
    const kept = await store.photo(photo.id);
    if (!kept) throw Object.assign(new Error('photo is gone from the phone'), { lost: true });
    const url = urlFor(urls.photo, { id: entry.id, photo_id: photo.id });
    check(await put(url, kept.bytes, kept.type), photo);
  }
}

function check(receipt, sent) {
  if (receipt.id !== sent.id || receipt.sha256 !== sent.sha256) {
    throw new Unreachable('the receipt is for something else');
  }
}
