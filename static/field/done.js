/** After 提交: the report is safe, and where it has got to. */
import { byId, fill, icon } from '../shared/dom.js';
import { alsoSeen } from './seen.js';
import { createUndo } from './undo.js';
import { say } from './words.js';

/** Follows one report from the disk of this phone to the server. */
export function createDone(outbox) {
  const undo = createUndo(byId('done-undo'));
  let shown = null;

  function show(entry) {
    undo.end();
    shown = entry.id;
    draw('saved', say('done.kept'), [entry.label.category, entry.label.area].filter(Boolean).join(' · '));
  }

  /**
   * It was known already, and is on disk as such; 撤销 is offered for a while.
   * @param {Object} row the draft as it is on disk
   * @returns {Promise<{undone: Promise<boolean>, held: boolean}>} undone: whether people took it
   *   back; held: the photos are in the queue now
   */
  async function merged(known, draft, row) {
    undo.end();
    const entry = await alsoSeen(known, draft, outbox, row);
    shown = null;
    const { number } = known;
    draw('check', say('done.same'), entry ? say('done.added', { number }) : say('done.known', { number }));
    const undone = undo.offer().then(async (wanted) => {
      if (wanted && entry) await outbox.discard(entry);
      return wanted;
    });
    return { undone, held: Boolean(entry) };
  }

  /** News from the outbox; anything about another report is not for this screen. */
  function hear({ entry, receipt }) {
    if (!entry || entry.id !== shown) return;
    if (receipt) draw('check', say('done.sent'), sentence(receipt));
    else if (entry.state !== 'waiting') draw('warn', say('done.stuck'), entry.reason || say('entry.lost'));
    else if (entry.tries) draw('saved', say('done.kept'), say('done.later'));
  }

  function draw(drawing, title, detail) {
    fill(byId('done-mark'), icon(drawing));
    byId('done-mark').dataset.kind = { check: 'good', warn: 'bad', saved: 'wait' }[drawing];
    byId('done-title').textContent = title;
    byId('done-detail').textContent = detail;
  }

  outbox.listen(hear);
  return { show, merged };
}

function sentence({ number, area, settled }) {
  if (settled) return say('done.settled', { number });
  return area ? say('done.receipt', { number, area: area.name }) : say('done.unrouted', { number });
}
