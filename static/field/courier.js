/**
 * Carries one report, or one deed, and its photos to the server, and believes only a matching
 * receipt: the same id, and the SHA-256 of the report's content or of the photo's bytes; for a
 * deed the incident as it is now. Repeating it is safe.
 */
import { Unreachable, urlFor } from '../shared/api.js';

/**
 * @param {{post: Function, put: Function, urls: {reports, photo, deed: string}, store: Object}} way
 * @returns {function(Object): Promise<Object>} deliver(entry): the receipt, or throws, with `delivered`
 *   (the receipt) when only a photo is still missing
 */
export function courier({ post, put, urls, store }) {
  return async function deliver(entry) {
    const { deed, incident } = entry;
    const receipt = deed ? told(await step(entry), incident) : matched(await post(urls.reports, entry.body), entry);
    const there = arrived(deed ? receipt.incident : receipt);
    const missing = entry.photos.filter(({ id }) => !there.has(id));
    try {
      // One at a time: a cheap phone holds one picture in memory, not three.
      for (const photo of missing) await carry(deed ? incident : entry.id, photo);
    } catch (error) {
      throw Object.assign(error, { delivered: receipt });
    }
    return receipt;
  };

  async function step({ deed, incident, body }) {
    const url = urlFor(urls.deed, { id: incident, deed });
    try {
      return await post(url, body);
    } catch (error) {
      // Words stay true whatever happened meanwhile; a decision does not.
      const current = deed === 'remark' && error.code === 'stale' && error.body.current;
      if (!current) throw error;
      return post(url, JSON.stringify({ ...JSON.parse(body), seen_version: current.version }));
    }
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

function told(receipt, incident) {
  const known = receipt.incident;
  if (known === undefined || (known && known.id !== incident)) throw foreign();
  return receipt;
}

const foreign = () => new Unreachable('the receipt is for something else');
