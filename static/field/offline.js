/** Everything that lets the page work without a network, put together: pack, reading, worker. */
import { getAnew } from '../shared/api.js';
import { carrying } from './carried.js';
import { keepPack, packOf } from './db.js';
import { offerNewer } from './newer.js';
import { createPack } from './pack.js';
import { createReader } from './reading.js';
import { ask } from './session.js';
import { createWorker } from './worker.js';

// Screens with nothing in them that a new start would lose.
const AT_REST = ['home', 'detail', 'deeds', 'done'];

/**
 * @param {Object} page config; owner; outbox, screens
 * @returns {{read: function, held: function, at: function, refresh: function}} see reading.js, pack.js
 */
export function goOffline({ config, owner, outbox, screens }) {
  const { urls } = config;
  const pack = createPack({ owner, url: urls.pack, getAnew, packOf, keepPack });
  const worker = createWorker({
    container: navigator.serviceWorker,
    url: urls.worker,
    scope: urls.page,
    busy: busyWith(outbox, screens),
    ripe: offerNewer,
    reload: () => window.location.reload(),
  });
  const { refresh } = carrying({ pack, worker, tiles: urls.tiles });
  // Once the page is there: what people came for goes first.
  whenIdle(() => {
    refresh();
    if (worker.there) worker.register().catch((error) => console.error(error));
  });
  outbox.listen(({ receipt }) => receipt && refresh({ older: 0 }));
  return { ...createReader({ ask, pack, urls }), refresh, pack };
}

function busyWith(outbox, screens) {
  let sending = false;
  outbox.listen(({ counts }) => { sending = Boolean(counts.sending); });
  return () => sending || !AT_REST.includes(screens.current());
}

function whenIdle(call) {
  if (document.readyState === 'complete') call();
  else window.addEventListener('load', call, { once: true });
}
