/** The form of one deed on a screen of its own: one question in view, the button in the thumb's reach. */
import { urlFor, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';
import { Fault, asksChoices, formFor } from '../shared/deeds/forms.js';
import { say as word } from '../shared/deeds/words.js';
import { byId, el, fill } from '../shared/dom.js';
import { uuid } from '../shared/uuid.js';
import { nearness } from './distance.js';
import { createStanding } from './standing.js';
import { sendStep } from './step.js';
import { badge } from './rows.js';
import { say } from './words.js';

const ON_THE_SPOT = ['pass', 'fail', 'check'];

/**
 * @param {Object} parts get, outbox, screens, placeMap, geolocation, prepare (file -> {bytes, type,
 *   sha256}), settled: called with the deed, its incident and its fate
 */
export function createDeedForm({ get, outbox, screens, placeMap, geolocation, prepare, settled }) {
  const problem = byId('deed-problem');
  const button = byId('deed-send');
  let now = null;         // {deed, incident, form, id, standing} while the screen is open

  /** @param {{instead: boolean}} how in place of the list it was chosen from */
  async function open(deed, incident, { instead = false } = {}) {
    close();
    now = { deed, incident, id: uuid(), form: null, standing: null };
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
      if (now === mine) build(choices);
    } catch (error) {
      if (now === mine) complain(say('deed.no_form'));
    }
  }

  function build(choices) {
    const { deed, incident } = now;
    now.standing = ON_THE_SPOT.includes(deed) ? stand(incident) : null;
    now.form = formFor(deed, incident, choices, {
      prepare,
      locate: now.standing && now.standing.locate,
      pick: placeMap.pick,
      find: async (words) => (await get(withQuery(urlFor(config.urls.choice_areas, { id: incident.id }), { q: words }))).items,
    });
    // A picture of how it is now comes from the camera, not from the album.
    now.form.node.querySelectorAll('input[type=file]').forEach((input) => input.setAttribute('capture', 'environment'));
    fill(byId('deed-fields'), now.form.node);
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
      told(mine, await sendStep({ outbox, incident, deed, fields, photos: form.photos(), id, here }));
    } catch (error) {
      complain(say('form.not_kept'));
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

  function told(mine, fate) {
    if (fate.error && stays(fate.error)) return;
    if (now === mine) screens.back();
    settled(mine.deed, mine.incident, fate);
  }

  /** Refused, but what people wrote is still of use: the form stays, on the incident as it is now. */
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

  function close() {
    if (now && now.standing) now.standing.stop();
    now = null;
  }

  byId('deed-form').addEventListener('submit', send);
  // The map is part of the form; anything else ends it.
  screens.listen((name) => { if (!['deed', 'map'].includes(name)) close(); });

  return { open };
}

const spotOf = ({ lon, lat, datum, accuracy_m: accuracy }) => ({
  position: { type: 'Point', coordinates: [lon, lat] }, datum, accuracy_m: accuracy,
});
