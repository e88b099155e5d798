/** What the desk may do with an incident now: asked once more, sent once, answered with the truth. */
import { post, Refused, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill } from '../shared/dom.js';
import { uuid } from '../shared/uuid.js';
import { say } from './words.js';

/**
 * The buttons at the foot of the drawer.
 * @param {object} incident the whole of it
 * @param {{dialog: HTMLDialogElement, take: function(object)}} tools take gets the newest facts
 */
export function deedBar(incident, tools) {
  if (!incident.deeds.length) return null;
  const notice = el('p', { class: 'told', role: 'status' }, incident.told);
  return el('footer', { class: 'deeds' }, notice, incident.deeds.map((deed, index) => el('button', {
    type: 'button',
    class: index === 0 ? 'button main wide' : 'button wide',
    onclick: () => ask(incident, deed, tools),
  }, say(`deed.${deed}`))));
}

function ask(incident, deed, { dialog, take }) {
  const note = el('textarea', { rows: 3, maxlength: 1000, 'aria-describedby': 'deed-fault' });
  const fault = el('p', { class: 'fault', id: 'deed-fault', role: 'alert' });
  const send = el('button', { type: 'submit', class: 'button main' }, say(`deed.${deed}`));
  // One id for every try of this deed: a repeat after a lost answer is not a second deed.
  const id = uuid();
  const form = el('form', { novalidate: true },
    el('h2', {}, say('deed.sure', { deed: say(`deed.${deed}`), category: incident.category_name })),
    el('label', { class: 'field' }, el('span', {}, say('deed.note')), note),
    fault,
    el('p', { class: 'buttons' },
      el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('deed.cancel')), send));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    const told = await deliver(incident, deed, { id, note: note.value.trim() }, take);
    send.disabled = false;
    fault.textContent = told;
    note.setAttribute('aria-invalid', Boolean(told));
    if (told) note.focus();
    else dialog.close();
  });
  fill(dialog, form);
  dialog.showModal();
  note.focus();
}

/** Send a deed; hand on what is true now. Returns words to show when it did not arrive. */
async function deliver(incident, deed, { id, note }, take) {
  try {
    const body = { id, seen_version: incident.version, note };
    const answer = await post(urlFor(config.urls.deed, { id: incident.id, deed }), body);
    take({ ...answer.incident, told: say('deed.done', { deed: say(`deed.${deed}`) }) });
    return '';
  } catch (error) {
    if (error instanceof Refused && error.status === 409 && error.body.current) {
      take({ ...error.body.current, told: say('deed.conflict') });
      return '';
    }
    return error instanceof Refused ? error.message : say('deed.unsent');
  }
}
