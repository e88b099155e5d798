/** What of mine is done on this phone and not yet at the server: said as such, never as done. */
import { createSignal } from './signal.js';

/** @param {Object} outbox  @returns {{of: function(string): Object[], listen: function}} of an incident: items */
export function createPending(outbox) {
  const changed = createSignal();
  let items = [];

  async function look() {
    const found = await outbox.entries();
    const before = names(items);
    items = found.filter(({ deed, incident }) => deed && incident);
    if (names(items) !== before) changed.tell();
  }

  outbox.listen(({ entry, receipt, gone }) => {
    // Whoever hears of it after us must find it gone.
    if (entry && (receipt || gone)) items = items.filter(({ id }) => id !== entry.id);
    look();
  });
  look();
  return { of: (id) => items.filter(({ incident }) => incident === id), listen: changed.listen };
}

const names = (items) => items.map(({ id, state }) => `${id} ${state}`).join();
