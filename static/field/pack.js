/**
 * What this phone carries of its owner's work, for where there is no network: made by the server,
 * kept on the phone, refreshed by an ETag. A help and no promise: where it cannot be kept, it lasts
 * as long as the page.
 */
import { createSignal } from './signal.js';

const FRESH_MS = 3 * 60 * 1000;

/**
 * @param {Object} parts owner; url; getAnew (url, etag) -> {body, etag}, see api.js;
 *   packOf, keepPack: see db.js; now: the clock
 */
export function createPack({ owner, url, getAnew, packOf, keepPack, now = () => Date.now() }) {
  const changed = createSignal();
  let pack = null;
  let asking = null;
  const ready = packOf(owner).then((kept) => {
    pack = kept;
    if (pack) changed.tell(pack.data);
  });

  /** Ask the server when what is here is older than so many ms; rejects like any GET. */
  async function refresh({ older = FRESH_MS } = {}) {
    await ready;
    if (pack && now() - pack.made_at < older) return undefined;
    asking = asking || ask().finally(() => { asking = null; });
    return asking;
  }

  async function ask() {
    const { body, etag } = await getAnew(url, pack && pack.etag);
    pack = { made_at: now(), etag, data: body || pack.data };
    changed.tell(pack.data);
    await keepPack(owner, pack).catch(() => {});
  }

  return {
    ready,
    refresh,
    listen: changed.listen,
    /** The server's words, null before there are any. */
    data: () => pack && pack.data,
    /** When it was last known to be so, epoch ms. */
    at: () => pack && pack.made_at,
  };
}
