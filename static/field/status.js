/** The state of the queue in the header: one line, in words. Pure: say is handed in. */

/** @param {Object} counts of outbox.js  @returns {{kind: string, icon: string, text: string}} */
export function queueLine(counts, say) {
  const { stuck, waiting } = counts;
  if (counts.needsLogin) return { kind: 'bad', icon: 'person', text: say('queue.login') };
  if (stuck && waiting) return { kind: 'bad', icon: 'warn', text: say('queue.both', { count: stuck, waiting }) };
  if (stuck) return { kind: 'bad', icon: 'warn', text: say('queue.stuck', { count: stuck }) };
  if (counts.sending) return { kind: 'wait', icon: 'send', text: say('queue.sending', { count: waiting }) };
  if (waiting) return { kind: 'wait', icon: 'saved', text: say('queue.waiting', { count: waiting }) };
  if (counts.sent) return { kind: 'good', icon: 'check', text: say('queue.sent') };
  return { kind: 'good', icon: 'check', text: say('queue.empty') };
}
