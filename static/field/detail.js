/** One incident in full, and the deeds that are open to me now. */
import { Refused, post, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill, icon } from '../shared/dom.js';
import { moment } from '../shared/when.js';
import { badge, deadline } from './rows.js';
import { uuid } from '../shared/uuid.js';
import { say } from './words.js';

/** @param {{target: HTMLElement, get: Function, changed: Function}} parts changed: after a deed */
export function createDetail({ target, get, changed }) {
  let incident = null;

  async function open(id) {
    incident = null;
    fill(target, el('p', { class: 'empty', 'aria-busy': 'true' }, say('detail.loading')));
    try {
      show(await get(urlFor(config.urls.incident, { id })));
    } catch (error) {
      fill(target, notice('offline', 'warn', error instanceof Refused ? error.message : say('detail.offline')));
    }
  }

  function show(current, above = null) {
    incident = current;
    fill(target, above, head(incident), facts(incident), pictures(incident), why(incident), timeline(incident), deeds());
  }

  function deeds() {
    if (!incident.deeds.length) return null;
    // One id for everything tried on this state: a repeat after a cut line is the same deed.
    const id = uuid();
    const asked = incident.deeds.includes('close') ? say('deed.note_wanted') : say('deed.note');
    const note = el('textarea', { rows: '1', maxlength: '1000', placeholder: asked, 'aria-label': asked });
    const problem = el('p', { class: 'problem', role: 'alert', hidden: true });
    const button = (deed, i) => el('button', {
      type: 'button', class: `button wide${i ? '' : ' main'}`, onclick: (event) => act(event.currentTarget, deed),
    }, say(`do.${deed}`));

    async function act(pressed, deed) {
      if (deed === 'close' && !note.value.trim()) {
        complain(say('deed.note_needed'));
        note.focus();
        return;
      }
      pressed.disabled = true;
      try {
        const url = urlFor(config.urls.deed, { id: incident.id, deed });
        const done = await post(url, { id, seen_version: incident.version, note: note.value.trim() });
        show(done.incident, notice('check', 'good', say(`did.${deed}`)));
        changed();
      } catch (error) {
        refuse(error);
        pressed.disabled = false;
      }
    }

    function refuse(error) {
      // Somebody was faster: show how it stands now, and let people decide anew.
      if (error.status === 409 && error.body.current) {
        show(error.body.current, notice('info', 'warn', say('deed.stale')));
        changed();
      } else complain(error instanceof Refused ? error.message : say('deed.offline'));
    }

    function complain(text) {
      problem.textContent = text;
      problem.hidden = !text;
    }

    return el('div', { class: 'dock' }, note, problem, incident.deeds.map(button));
  }

  return { open };
}

const notice = (drawing, kind, text) => el('p', { class: 'notice', 'data-kind': kind, role: 'status' }, icon(drawing), text);

const head = (incident) => el('div', { class: 'detail-head' },
  el('h2', {}, incident.category_name),
  el('p', { class: 'row-foot' }, badge(incident.state), deadline(incident)),
  incident.words && el('p', {}, incident.words));

const facts = (incident) => el('dl', { class: 'facts' },
  fact(say('detail.number'), incident.number),
  fact(say('detail.area'), incident.area_name || say('place.outside')),
  fact(say('detail.at'), moment(incident.reported_at)),
  fact(say('detail.due'), moment(incident.due_at)),
  incident.reporter && fact(say('detail.reporter'), incident.reporter));

const fact = (name, value) => el('div', {}, el('dt', {}, name), el('dd', {}, value));

const pictures = ({ photos_list: photos }) => (photos.length > 0 && el('ul', { class: 'thumbs' },
  photos.map((photo, i) => el('li', { class: 'thumb' }, photo.stored
    ? el('a', { href: photo.url }, el('img', { src: photo.thumb_url, alt: say('photo.nth', { count: i + 1 }) }))
    : say('photo.on_its_way')))));

const why = (incident) => (incident.route.reason && el('details', { class: 'why' },
  el('summary', {}, say('detail.why')), el('p', {}, incident.route.reason)));

const timeline = (incident) => el('section', { class: 'timeline' },
  el('h2', {}, say('detail.timeline')),
  el('ol', {}, incident.timeline.map((event) => el('li', {},
    badge(event.state),
    el('span', {}, [moment(event.at), event.by].filter(Boolean).join(' · ')),
    event.note && el('p', {}, event.note)))));
