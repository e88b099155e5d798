/** After 提交: the report is safe, and where it has got to. */
import { byId, fill, icon } from '../shared/dom.js';
import { say } from './words.js';

/** Follows one report from the disk of this phone to the server. */
export function createDone(outbox) {
  let shown = null;

  function show(entry) {
    shown = entry.id;
    draw('saved', say('done.kept'), [entry.label.category, entry.label.area].filter(Boolean).join(' · '));
  }

  /** News from the outbox; anything about another report is not for this screen. */
  function hear({ entry, receipt }) {
    if (!entry || entry.id !== shown) return;
    if (receipt) draw('check', say('done.sent'), sentence(receipt));
    else if (entry.state === 'stuck') draw('warn', say('done.stuck'), entry.reason || say('entry.lost'));
    else if (entry.tries) draw('saved', say('done.kept'), say('done.later'));
  }

  function draw(drawing, title, detail) {
    fill(byId('done-mark'), icon(drawing));
    byId('done-mark').dataset.kind = { check: 'good', warn: 'bad', saved: 'wait' }[drawing];
    byId('done-title').textContent = title;
    byId('done-detail').textContent = detail;
  }

  outbox.listen(hear);
  return { show };
}

const sentence = ({ number, area }) => (area
  ? say('done.receipt', { number, area: area.name })
  : say('done.unrouted', { number }));
