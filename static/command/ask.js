/** The dialog in which a deed is filled in, sent once, and answered with the truth. */
import { get, Refused, urlFor, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';
import { asksChoices, Fault, formFor } from '../shared/deeds/forms.js';
import { isDangerous, nameOf } from '../shared/deeds/order.js';
import { sendDeed } from '../shared/deeds/send.js';
import { say as sayDeed } from '../shared/deeds/words.js';
import { el, fill } from '../shared/dom.js';
import { uuid } from '../shared/uuid.js';
import { say } from './words.js';

/**
 * Open the form of a deed.
 * @param {HTMLDialogElement} dialog
 * @param {object} incident the whole of it, as it was looked at
 * @param {{form: object, done: function(object)}} tools form: those of forms.js; done gets
 *   {deed, id, before, incident, stale, words} with the newest facts
 */
export async function ask(dialog, incident, deed, tools) {
  const title = el('h2', { id: 'deed-title' }, say('deed.sure', { deed: nameOf(deed, incident), category: incident.category_name }));
  const about = el('p', { class: 'about' }, sayDeed(`about.${deed}`));
  const shut = () => el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('deed.cancel'));
  fill(dialog, title, el('p', { class: 'wait' }, say('deed.loading')), el('p', { class: 'buttons' }, shut()));
  if (!dialog.open) dialog.showModal();
  // An answer that comes after its form was closed must not fill the next one.
  const waiting = () => dialog.open && title.isConnected;
  try {
    const choices = asksChoices(deed) ? await get(urlFor(config.urls.choices, { id: incident.id })) : null;
    if (!waiting()) return;
    const form = formFor(deed, incident, choices, { ...tools.form, find: (words) => areasNamed(incident, words) });
    fill(dialog, sheet({ dialog, incident, deed, form, parts: [title, about], shut: shut() }, tools));
    // What the likeliest answers leave open is asked; where they leave nothing, Enter does it.
    if (!form.focusLacking()) dialog.querySelector('[type=submit]').focus();
  } catch (error) {
    if (!waiting()) return;
    const again = el('button', { type: 'button', class: 'button', onclick: () => ask(dialog, incident, deed, tools) }, say('incident.retry'));
    fill(dialog, title, el('p', { class: 'fault', role: 'alert' }, wordsFor(error)), el('p', { class: 'buttons' }, shut(), again));
  }
}

function sheet({ dialog, incident, deed, form, parts, shut }, tools) {
  const fault = el('p', { class: 'fault', role: 'alert' });
  const send = el('button', { type: 'submit', class: isDangerous(deed) ? 'button main end' : 'button main' }, nameOf(deed, incident));
  // One id for every try of this form: a repeat after a lost answer is not a second deed.
  const id = uuid();
  const sheetForm = el('form', { novalidate: true, 'data-deed': deed }, parts, form.node, fault,
    el('p', { class: 'buttons' }, shut, send));
  sheetForm.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    fault.textContent = '';
    try {
      const answer = await sendDeed({
        url: urlFor(config.urls.deed, { id: incident.id, deed }),
        photoUrl: (photo) => urlFor(config.urls.photo, { id: incident.id, photo_id: photo }),
        incident,
        id,
        form,
      });
      if (!answer.stale && tools.form.habits) tools.form.habits.keep(deed, incident, form.read());
      if (sheetForm.isConnected) dialog.close();
      tools.done({ deed, id: incident.id, before: incident, ...answer });
    } catch (error) {
      fault.textContent = error instanceof Fault ? '' : wordsFor(error);
    }
    send.disabled = false;
  });
  return sheetForm;
}

async function areasNamed({ id }, words) {
  return (await get(withQuery(urlFor(config.urls.choice_areas, { id }), { q: words }))).items;
}

const wordsFor = (error) => (error instanceof Refused ? error.message : sayDeed('told.unsent'));
