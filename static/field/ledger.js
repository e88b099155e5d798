/** The ledger of this phone: its store, its outbox, and every occasion to send. */
import { post, put } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { courier } from './courier.js';
import { openStore } from './db.js';
import { startHeader } from './header.js';
import { createOutbox } from './outbox.js';
import { signedOut } from './session.js';
import { askToLast, fullness } from './storage.js';
import { createTurn } from './turn.js';
import { say } from './words.js';

/** @param {{urls: Object, owner: string}} page  @returns {Promise<{store: Object, outbox: Object}>} */
export async function openLedger({ urls, owner }) {
  const store = await openStore().catch(forgetful);
  byId('not-lasting').hidden = store.lasting;
  const deliver = courier({ post, put, urls, store });
  const turn = createTurn(store, navigator.locks);
  const outbox = createOutbox({ store, deliver, owner, turn });
  startHeader(outbox);
  outbox.listen(({ counts }) => { if (counts.needsLogin) signedOut(true); });
  outbox.listen(({ counts }) => watchRoom(counts));
  onEveryOccasion(() => outbox.flush({ hurry: true }));
  return { store, outbox };
}

/** Where nothing can be kept: it is sent at once, and the page says so. */
const forgetful = async () => (await import('./memory.js')).memoryStore();

/** Start is the page's own; the network back, the page in view again, the worker woken by the system. */
function onEveryOccasion(flush) {
  window.addEventListener('online', flush);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) flush(); });
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener('message', ({ data }) => { if (data === 'flush') flush(); });
}

/** Once something waits: ask the browser not to clear us, and say when the room runs out. */
async function watchRoom({ waiting, stuck }) {
  if (waiting + stuck) askToLast(navigator.storage);
  const full = await fullness(navigator.storage);
  byId('storage-full').hidden = full === null;
  if (full !== null) byId('storage-full').textContent = say('storage.full', { percent: full });
}
