/** Telling others that something changed, without knowing them. */

/** @returns {{listen: function(Function): Function, tell: function(*)}} listen returns how to stop */
export function createSignal() {
  const listeners = new Set();
  return {
    listen(call) {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    tell: (news) => Array.from(listeners).forEach((call) => call(news)),
  };
}
