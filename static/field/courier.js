/**
 * Carries one item, a report or a deed, and its photos to the server, and believes only a matching
 * receipt: the same id, and the SHA-256 of what was sent: of a report's content in its one spelling,
 * of a deed's body, of a photo's bytes. Repeating it is safe.
 */
import { Unreachable, urlFor } from '../shared/api.js';
import { sha256 } from './sha256.js';

/**
 * @param {{post: Function, put: Function, urls: {reports, photo, deed: string}, store: Object}} way
 * @returns {function(Object): Promise<Object>} deliver(item): the receipt, or throws, with `delivered`
 *   (the receipt) and `photo` (its id) when only a photo is still missing
 */
export function courier({ post, put, urls, store }) {
  return async function deliver(item) {
    const { deed, incident } = item;
    const receipt = deed ? await step(item) : matched(await post(urls.reports, item.body), item);
    const there = arrived(deed ? receipt.incident : receipt);
    // One at a time: a cheap phone holds one picture in memory, not three.
    for (const photo of item.photos.filter(({ id }) => !there.has(id))) {
      try {
        await carry(deed ? incident : item.id, photo);
      } catch (error) {
        throw Object.assign(error, { delivered: receipt, photo: photo.id });
      }
    }
    return receipt;
  };

  async function step({ id, incident, deed, body }) {
    const receipt = await post(urlFor(urls.deed, { id: incident, deed }), body);
    const about = receipt.incident;
    if (about === undefined || (about && about.id !== incident)) throw foreign();
    return matched(receipt, { id, sha256: await sha256(body) });
  }

  async function carry(incident, photo) {
    const kept = await store.photo(photo.id);
    if (!kept) throw Object.assign(new Error('photo is gone from the phone'), { lost: true });
    const url = urlFor(urls.photo, { id: incident, photo_id: photo.id });
    matched(await put(url, kept.bytes, kept.type), photo);
  }
}

/** Ids of the photos the server has already; null: the incident has left our sight. */
function arrived(answer) {
  const photos = (answer && (answer.photos_list || answer.photos)) || [];
  return new Set(photos.filter((photo) => photo.stored).map((photo) => photo.id));
}

function matched(receipt, sent) {
  if (receipt.id !== sent.id || receipt.sha256 !== sent.sha256) throw foreign();
  return receipt;
}

const foreign = () => new Unreachable('the receipt is for something else');
