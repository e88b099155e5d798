/** One incident in full, and the deeds that are open to me now. Loaded when the first one is opened. */
import { Refused, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { arrange } from '../shared/deeds/order.js';
import { say as word } from '../shared/deeds/words.js';
import { el, fill, icon } from '../shared/dom.js';
import { createDeedForm } from './deedform.js';
import { asking, facts, head, pictures, why } from './facts.js';
import { sendStep } from './step.js';
import { timeline } from './timeline.js';
import { say } from './words.js';

// What asks nothing but words one may leave out: one tap does it.
const AT_ONCE = ['accept', 'sign', 'start', 'report_in', 'resume'];

/**
 * @param {Object} parts
 *   target, more   where the incident, and the list of further deeds, are drawn
 *   get, outbox, screens, placeMap, geolocation, prepare
 *   changed        called after a deed
 */
export function createDetail(parts) {
  const { target, more, get, outbox, screens, placeMap, changed } = parts;
  const form = createDeedForm({ ...parts, settled });
  let incident = null;
  let wanted = null;

  async function open(id) {
    wanted = id;
    incident = null;
    fill(target, el('p', { class: 'empty', 'aria-busy': 'true' }, say('detail.loading')));
    await load(id, (error) => fill(target, notice('offline', 'warn', failure(error))));
  }

  async function load(id, failed = () => {}, above = null) {
    try {
      const found = await get(urlFor(config.urls.incident, { id }));
      if (wanted === id) show(found, above);
    } catch (error) {
      if (wanted === id) failed(error);
    }
  }

  function show(current, above = null, deeds = true) {
    incident = current;
    fill(target, above, head(incident), asking(incident), look(), facts(incident), pictures(incident),
      why(incident), timeline(incident), deeds && dock());
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
    else show(incident, notice('saved', 'warn', say('deed.kept', { deed: name })), false);
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

  return { open };
}

const ABOUT = new Set([
  'accept', 'ask_check', 'ask_extension', 'ask_verify', 'assist', 'close', 'correct', 'decide', 'dispatch',
  'escalate', 'fail', 'grant_extension', 'hand_over', 'merge', 'move', 'pass', 'refuse', 'register', 'reopen',
  'restore', 'return', 'settle', 'sign', 'start', 'suspend', 'whistle',
]);
const about = (deed) => ABOUT.has(deed) && el('span', { class: 'row-words' }, word(`about.${deed}`));

const failure = (error) => (error instanceof Refused ? error.message : say('detail.offline'));
const notice = (drawing, kind, text) => el('p', { class: 'notice', 'data-kind': kind, role: 'status' }, icon(drawing), text);
