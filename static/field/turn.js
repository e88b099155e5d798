/**
 * One tab sends at a time. The browser's own locks where there are some (a dead tab lets go at
 * once), else a lease in the store; if both fail two tabs send the same, which the server takes as one.
 */
import { uuid } from '../shared/uuid.js';

const NAME = 'field.sender';
const LEASE_MS = 30000;
const RENEW_MS = 10000;

/**
 * @param {Object} store see db.js  @param {?LockManager} locks
 * @returns {function(function(): Promise): Promise<boolean>} exclusive(work): false when another tab
 *   has the turn and the work was not done
 */
export function createTurn(store, locks) {
  const holder = uuid();

  async function leased(work) {
    if (!await store.lease(NAME, holder, LEASE_MS)) return false;
    const timer = setInterval(() => store.lease(NAME, holder, LEASE_MS).catch(() => {}), RENEW_MS);
    try {
      await work();
    } finally {
      clearInterval(timer);
      await store.release(NAME, holder);
    }
    return true;
  }

  async function locked(work) {
    await locks.request(NAME, work);
    return true;
  }

  return locks ? locked : leased;
}
