/** How the queue stands, at the top of the home screen, and the button that hurries it. */
import { byId, fill, icon } from '../shared/dom.js';
import { queueLine } from './status.js';
import { say } from './words.js';

/** @param {Object} outbox */
export function startHeader(outbox) {
  const state = byId('queue-state');

  function draw({ counts }) {
    const { kind, icon: drawing, text } = queueLine(counts, say);
    // Written only when it changes: a screen reader reads every writing aloud.
    if (state.dataset.text !== text) fill(state, icon(drawing), text);
    state.dataset.text = text;
    state.dataset.kind = kind;
    byId('send-now').hidden = !counts.waiting || Boolean(counts.sending);
    byId('others-waiting').hidden = !counts.others;
    byId('others-waiting').textContent = say('queue.others', { count: counts.others });
  }

  outbox.listen(draw);
  byId('send-now').addEventListener('click', () => outbox.flush({ hurry: true }));
}
