/** Telling others that something changed, without knowing them. */

/** @returns {{listen: function(Function), tell: function(*)}} */
export function createSignal() {
  const listeners = [];
  return {
    listen: (call) => { listeners.push(call); },
    tell: (news) => listeners.forEach((call) => call(news)),
  };
}
