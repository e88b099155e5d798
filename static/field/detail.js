/** One incident in full, and the deeds that are open to me now. Loaded when the first one is opened. */
import { Refused, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { arrange } from '../shared/deeds/order.js';
import { say as word } from '../shared/deeds/words.js';
import { el, fill, icon } from '../shared/dom.js';
import { ageNote } from './age.js';
import { createDeedForm } from './deedform.js';
import { asking, facts, head, pictures, why } from './facts.js';
import { waiting } from './rows.js';
import { sendStep } from './step.js';
import { timeline } from './timeline.js';
import { say } from './words.js';

// What asks nothing but words one may leave out: one tap does it.
const AT_ONCE = ['accept', 'sign', 'start', 'report_in', 'resume'];
// What changes nothing for the next one.
const CHANGES_NOTHING = ['arrive', 'remark'];
const PATIENCE_MS = 4000;   // then people are told how old it is

/**
 * @param {Object} parts
 *   target, more   where the incident, and the list of further deeds, are drawn
 *   ask            GET; get: GET from the phone where there is no network; held, at: see reading.js
 *   outbox, pending, screens, placeMap, geolocation, store, owner
 *   changed        called after a deed
 */
export function createDetail(parts) {
  const { target, more, ask, held, at, pending, outbox, screens, placeMap, changed } = parts;
  const form = createDeedForm({ ...parts, settled });
  let incident = null;
  let wanted = null;
  let promised = null;     // whose deed people were told is on its way

  /** @param {?string} deed whose form is opened at once, if it may be done */
  async function open(id, deed = null) {
    wanted = id;
    incident = null;
    fill(target, el('p', { class: 'empty', 'aria-busy': 'true' }, say('detail.loading')));
    const kept = held(urlFor(config.urls.incident, { id }));
    if (kept) show(kept, navigator.onLine ? null : ageNote(at()));
    const old = () => { if (wanted === id && incident === kept) show(kept, ageNote(at())); };
    const timer = kept && setTimeout(old, PATIENCE_MS);
    await load(id, (error) => {
      if (!kept || error instanceof Refused) fill(target, notice('offline', 'warn', failure(error)));
      else old();
    });
    clearTimeout(timer);
    if (deed && incident && incident.id === id && incident.deeds.includes(deed)) form.open(deed, incident);
  }

  async function load(id, failed = () => {}, above = null) {
    try {
      const found = await ask(urlFor(config.urls.incident, { id }));
      if (wanted === id && (above || !isSame(found, incident))) show(found, above);
    } catch (error) {
      if (wanted === id) failed(error);
    }
  }

  function show(current, above = null, deeds = true) {
    incident = current;
    const mine = pending.of(incident.id);
    const mayGoOn = deeds && mine.every(({ deed }) => CHANGES_NOTHING.includes(deed));
    fill(target, above, waiting(mine), head(incident), asking(incident), look(), facts(incident), pictures(incident),
      why(incident), timeline(incident), mayGoOn && dock());
  }

  const look = () => el('button', {
    type: 'button', class: 'button wide look', onclick: () => placeMap.look(incident),
  }, icon('map'), el('span', {}, say('do.map')));

  function dock() {
    if (!incident.deeds.length) return null;
    const { main, beside, more: rest, danger } = arrange(incident.deeds, incident.state);
    const others = [...rest, ...danger];
    return el('div', { class: 'dock' },
      main && button(main, main === 'remark' ? 'button wide' : 'button main wide'),
      (beside.length > 0 || others.length > 0) && el('div', { class: 'deeds' },
        beside.map((deed) => button(deed, 'button')),
        others.length > 0 && el('button', { type: 'button', class: 'button', onclick: () => list(others) }, say('do.more'))));
  }

  const button = (deed, kind) => el('button', {
    type: 'button', class: kind, onclick: (event) => act(deed, event.currentTarget),
  }, word(`deed.${deed}`));

  /** The deeds that are rarer, each with what it does. */
  function list(deeds) {
    fill(more, deeds.map((deed) => el('li', {}, el('button', {
      type: 'button', class: 'row', onclick: () => form.open(deed, incident, { instead: true }),
    }, el('strong', {}, word(`deed.${deed}`)), about(deed)))));
    screens.open('deeds');
  }

  function act(deed, pressed) {
    if (AT_ONCE.includes(deed)) straight(deed, pressed);
    else form.open(deed, incident);
  }

  async function straight(deed, pressed) {
    pressed.disabled = true;
    const looked = incident;
    settled(deed, looked, await sendStep({ outbox, incident: looked, deed, fields: { note: '' } }));
  }

  /** How a deed ended: done, refused, or on disk for later. */
  function settled(deed, looked, { receipt, error }) {
    const name = word(`deed.${deed}`);
    changed();
    if (!incident || incident.id !== looked.id) return;   // people have gone on to another one
    if (receipt) done(receipt.incident, notice('check', 'good', say('deed.done', { deed: name })));
    else if (error) refused(error);
    else {
      promised = looked.id;
      show(incident, notice('saved', 'warn', say('deed.kept', { deed: name })), CHANGES_NOTHING.includes(deed));
    }
  }

  /** What was promised has arrived while people still look at it. */
  function arrived({ entry, receipt }) {
    if (!receipt || !entry.deed || entry.incident !== promised || entry.incident !== wanted) return;
    promised = null;
    load(wanted, () => {}, notice('check', 'good', say('deed.done', { deed: entry.label.deed })));
  }

  function done(current, above) {
    if (!current) {
      fill(target, above, el('p', { class: 'empty' }, say('detail.left')));
      return;
    }
    show(current, above);
    // Its photos have arrived since.
    if (current.photos_list.some((photo) => !photo.stored)) load(current.id, () => {}, above);
  }

  function refused(error) {
    const { current } = error.body;
    const words = error.code === 'stale' ? say('deed.stale') : error.message;
    if (current) show(current, notice('info', 'warn', words));
    else fill(target, notice('info', 'warn', words));
  }

  outbox.listen(arrived);
  return { open };
}

const ABOUT = new Set([
  'accept', 'arrive', 'ask_check', 'ask_extension', 'ask_verify', 'assist', 'close', 'correct', 'decide', 'dispatch',
  'escalate', 'fail', 'grant_extension', 'hand_over', 'merge', 'move', 'pass', 'refuse', 'register', 'reopen',
  'restore', 'return', 'settle', 'sign', 'start', 'suspend', 'whistle',
]);
const about = (deed) => ABOUT.has(deed) && el('span', { class: 'row-words' }, word(`about.${deed}`));

// What people look at is not drawn anew under their fingers.
const isSame = (one, other) => JSON.stringify({ ...one, timeline_url: null }) === JSON.stringify(other);
const failure = (error) => (error instanceof Refused ? error.message : say('detail.offline'));
const notice = (drawing, kind, text) => el('p', { class: 'notice', 'data-kind': kind, role: 'status' }, icon(drawing), text);
