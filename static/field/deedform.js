/** The form of one deed on a screen of its own: one question in view, the button in the thumb's reach. */
import { urlFor, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';
import { Fault, asksChoices, formFor } from '../shared/deeds/forms.js';
import { say as word } from '../shared/deeds/words.js';
import { byId, el, fill } from '../shared/dom.js';
import { uuid } from '../shared/uuid.js';
import { nearness } from './distance.js';
import { createDeedDraft } from './deeddraft.js';
import { flushWhenLeaving } from './drafts.js';
import { createStanding } from './standing.js';
import { sendStep } from './step.js';
import { badge } from './rows.js';
import { isFull } from './storage.js';
import { say } from './words.js';

const ON_THE_SPOT = ['pass', 'fail', 'check', 'arrive'];

/**
 * @param {Object} parts get, store, owner, outbox, screens, placeMap, geolocation,
 *   settled: called with the deed, its incident and its fate
 */
export function createDeedForm({ get, store, owner, outbox, screens, placeMap, geolocation, settled }) {
  const problem = byId('deed-problem');
  const button = byId('deed-send');
  const draft = createDeedDraft({ store, owner, failed: notKept });
  let now = null;         // {deed, incident, choices, form, id, standing} while the screen is open

  /** @param {{instead: boolean}} how in place of the list it was chosen from */
  async function open(deed, incident, { instead = false } = {}) {
    close();
    now = { deed, incident, choices: null, id: uuid(), form: null, standing: null };
    const mine = now;
    byId('deed-title').textContent = word(`deed.${deed}`);
    button.textContent = word(`deed.${deed}`);
    button.disabled = true;
    complain('');
    fill(byId('deed-fields'), el('p', { class: 'empty', 'aria-busy': 'true' }, say('detail.loading')));
    draw();
    if (instead) screens.swap('deed');
    else screens.open('deed');
    try {
      const choices = asksChoices(deed) ? await get(urlFor(config.urls.choices, { id: incident.id })) : null;
      mine.choices = choices;
      if (now === mine) await build();
    } catch (error) {
      if (now === mine) complain(say('deed.no_form'));
    }
  }

  /** @param {boolean} anew empty, though something was kept of it */
  async function build(anew = false) {
    const mine = now;
    const { deed, incident, choices } = mine;
    const label = { category: incident.category_name, deed: word(`deed.${deed}`) };
    const photoTools = await draft.begin({ incident: incident.id, deed, label }, anew);
    if (now !== mine) return;
    if (mine.standing) mine.standing.stop();
    mine.standing = ON_THE_SPOT.includes(deed) ? stand(incident) : null;
    mine.form = formFor(deed, incident, choices, {
      ...photoTools,
      locate: mine.standing && mine.standing.locate,
      pick: placeMap.pick,
      find: async (words) => (await get(withQuery(urlFor(config.urls.choice_areas, { id: incident.id }), { q: words }))).items,
    });
    // A picture of how it is now comes from the camera, not from the album.
    mine.form.node.querySelectorAll('input[type=file]').forEach((input) => {
      input.setAttribute('capture', 'environment');
      input.addEventListener('click', draft.flush);
    });
    fill(byId('deed-fields'), mine.form.node);
    draft.tie(mine.form);
    button.disabled = false;
  }

  function stand(incident) {
    const line = byId('deed-distance');
    return createStanding({
      geolocation,
      datum: config.datum,
      spot: incident,
      moved({ metres, accuracy_m: accuracy }) {
        if (metres === null) return;
        const shown = Math.round(metres);
        line.hidden = false;
        line.dataset.kind = nearness(metres, accuracy) === 'far' ? 'warn' : 'good';
        line.textContent = line.dataset.kind === 'warn' ? say('deed.far', { metres: shown }) : say('deed.near', { metres: shown });
      },
    });
  }

  /** Above the questions: which incident it is, and how it stands. */
  function draw() {
    const { incident } = now;
    fill(byId('deed-about'), el('strong', {}, incident.category_name), badge(incident.state));
    byId('deed-distance').hidden = true;
  }

  async function send(event) {
    event.preventDefault();
    if (button.disabled || !now.form) return;
    const mine = now;
    const { form, deed, incident, id, standing } = mine;
    const fields = read(form);
    if (!fields) return;
    if (fields.spot && standing.latest()) fields.spot = spotOf(standing.latest());
    button.disabled = true;
    complain('');
    try {
      const here = () => now === mine;
      const row = draft.row();
      await draft.close();
      told(mine, row, await sendStep({ outbox, incident, deed, fields, photos: form.photos(), id, here, draft: row }));
    } catch (error) {
      draft.open();
      notKept(error);
    }
    button.disabled = false;
  }

  function read(form) {
    try {
      return form.read();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      complain(error.message);
      return null;
    }
  }

  /** Refused, and the form stays: then it is a draft again. Else what is kept waits in the queue. */
  function told(mine, row, fate) {
    if (fate.error && now === mine && stays(fate.error)) {
      mine.id = uuid();
      draft.open();
      outbox.reopen(fate.entry, { ...row, at: Date.now() });
      return;
    }
    if (now === mine) screens.back();
    settled(mine.deed, mine.incident, fate);
  }

  /** What people wrote is still of use, on the incident as it is now. */
  function stays({ code, body, fields, message }) {
    const { current } = body;
    if (code === 'stale' && current && current.deeds.includes(now.deed)) {
      now.incident = current;
      draw();
      complain(say('deed.stale_form'));
      return true;
    }
    if ('current' in body) return false;
    now.form.blame(fields);
    complain(message);
    return true;
  }

  function complain(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  function notKept(error) {
    complain(isFull(error) ? say('form.full') : say('form.not_kept'));
  }

  function close() {
    if (now && now.standing) now.standing.stop();
    draft.leave();
    now = null;
  }

  byId('deed-form').addEventListener('submit', send);
  ['input', 'change', 'click'].forEach((name) => byId('deed-fields').addEventListener(name, () => draft.soon()));
  byId('deed-discard').addEventListener('click', () => draft.discard(build));
  flushWhenLeaving(draft.flush);
  // The map is part of the form; anything else ends it.
  screens.listen((name) => { if (!['deed', 'map'].includes(name)) close(); });

  return { open };
}

const spotOf = ({ lon, lat, datum, accuracy_m: accuracy }) => ({
  position: { type: 'Point', coordinates: [lon, lat] }, datum, accuracy_m: accuracy,
});
