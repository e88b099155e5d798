/**
 * The form of every deed, built from one table (asks.js), for desk and phone alike.
 *
 *   const choices = asksChoices(deed) ? await get(urlFor(config.urls.choices, { id })) : null;
 *   const form = formFor(deed, incident, choices, tools);
 *   holder.append(form.node);            // labelled fields, no <form>, no buttons: those are the page's
 *   form.focus();                        // or form.focusLacking() || confirmButton.focus()
 *   …
 *   const body = form.read();            // the deed's own fields, note and photos; throws Fault
 *   await sendDeed({ url, photoUrl, incident, id, form });   // see send.js; or your own outbox:
 *   form.photos()                        // [{id, sha256, role, bytes, type}] to PUT after the deed
 *   form.blame(error.fields)             // the server refused: marks the fields, true if one is here
 *
 * `read()` puts the focus into the field at fault and throws `Fault` (message for people, .field the
 * body's name of it). The body has no `id` and no `seen_version`: mint one id when the form opens and
 * use it for every retry of that form.
 *
 * `incident` is GET /api/incidents/{id}; `choices` GET /api/incidents/{id}/choices (null where the
 * deed asks nothing of it). `tools`, each only where the page can do it:
 *   prepare(file, photo)  -> Promise {bytes, type, sha256}   shrink and hash a picture; no photo field
 *                  without; before, recall, removed: see photos.js, for pages that keep what was begun
 *   locate()       -> Promise {lon, lat, accuracy_m, datum}   where this device is
 *   pick(from)     -> Promise {lon, lat, datum?} or null   let people point at the map
 *   habits         {order(question, items), last(question)}   what this desk chose before: reasons
 *                  most used first, the likeliest chosen already; without: nothing is chosen before
 *   find(words)    -> Promise [{code, name, …}]   areas by name, GET urls.choice_areas?q=
 *
 * Words: words.*.js of this folder (say is exported by words.js: `deed.…` on buttons, `about.…` under
 * the title, `kind.…` in timelines). Looks: deeds.css. Written for Chromium 80; modules of this
 * folder import nothing of a page.
 *
 * Beside it: order.js (which deed is the main one), story.js (an event in plain words), send.js.
 */
import { el } from '../dom.js';
import { ASKS } from './asks.js';

export { asksChoices } from './asks.js';
export { Fault } from './fault.js';

/** @returns {{node: HTMLElement, read: function(): object, focus: function(),
 *   focusLacking: function(): boolean, photos: function(): object[],
 *   blame: function(object): boolean}} */
export function formFor(deed, incident, choices, tools = {}) {
  const context = { deed, incident, choices: choices || {}, tools };
  const parts = (ASKS[deed] || []).map((make) => make(context)).filter(Boolean);
  const node = el('div', { class: 'asks' }, parts.map((part) => part.node));
  return {
    node,
    read: () => whole(parts.map(readPart)),
    focus: () => { if (parts.length) parts[0].focus(); },
    focusLacking: () => focusLacking(parts),
    photos: () => parts.flatMap((part) => (part.photos ? part.photos() : [])),
    blame(fields) {
      const blamed = parts.filter((part) => part.names.some((name) => name in fields));
      blamed.forEach((part) => part.blame(String(fields[part.names.find((name) => name in fields)])));
      if (blamed.length) blamed[0].focus();
      return blamed.length > 0;
    },
  };
}

/** The parts' fields as one body; several lists of photos are one list there. */
function whole(said) {
  const photos = said.flatMap((each) => each.photos || []);
  return Object.assign({}, ...said, photos.length > 0 && { photos });
}

/** Put the focus on the first question that has no answer yet; false when all have. */
function focusLacking(parts) {
  const lacking = parts.find((part) => {
    try {
      part.read();
      return false;
    } catch {
      return true;
    }
  });
  if (lacking) lacking.focus();
  return Boolean(lacking);
}

/** What one part says, or the focus on it and its Fault. */
function readPart(part) {
  try {
    const said = part.read();
    part.blame('');
    return said;
  } catch (fault) {
    part.blame(fault.message);
    part.focus();
    throw Object.assign(fault, { field: part.names[0] });
  }
}
