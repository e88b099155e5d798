/**
 * The report form: one draft, from the photo to 提交. Everything it shows comes from the draft and
 * from the place; everything it makes goes to the outbox, which has it on disk before we say so.
 */
import { byId } from '../shared/dom.js';
import { uuid } from '../shared/uuid.js';
import { canonical } from './canonical.js';
import { bodyOf, hasRoom, missing, newDraft, photosOf, sent } from './draft.js';
import { shrink } from './photo.js';
import { drawQuestion } from './question.js';
import { areaName, candidates } from './route.js';
import { sha256 } from './sha256.js';
import { drawSimilar } from './similarcard.js';
import { drawThumbs } from './thumbs.js';
import { say } from './words.js';

/**
 * @param {Object} parts place, router, similar, outbox, picker, screens,
 *   kept: called with the entry on disk, merged: with the existing incident and a way to undo
 */
export function createReport({ place, router, similar, outbox, picker, screens, kept, merged }) {
  let draft = null;
  let working = Promise.resolve();   // photos still being shrunk
  let busy = false;

  const form = byId('report-form');
  const problem = byId('form-problem');
  const button = byId('submit');
  const { words, settled } = form.elements;

  /** Open the form, with the photo that was just taken or without one. */
  function begin(file, after = false) {
    if (!draft) similar.reset();
    draft = draft || newDraft();
    place.refresh();
    if (screens.current() === 'done') screens.swap('form');
    if (screens.current() !== 'form') screens.open('form');
    if (file && hasRoom(draft, after)) addPhoto(file, after);
    else draw();
  }

  function addPhoto(file, after) {
    const photo = { id: uuid(), url: null, after };
    draft.photos.push(photo);
    complain('');
    draw();
    working = Promise.all([working, develop(draft, photo, file)]);
  }

  async function develop(into, photo, file) {
    try {
      const { bytes, type } = await shrink(file);
      const url = URL.createObjectURL(new Blob([bytes], { type }));
      Object.assign(photo, { bytes, type, url, sha256: await sha256(bytes) });
    } catch (error) {
      into.photos.splice(into.photos.indexOf(photo), 1);
      complain(say('photo.unreadable'));
    }
    draw();
  }

  function removePhoto(photo) {
    draft.photos.splice(draft.photos.indexOf(photo), 1);
    URL.revokeObjectURL(photo.url);
    draw();
  }

  function choose(category) {
    draft.category = category;
    complain('');
    draw();
  }

  /** One thing at a time: the second of two quick taps finds the first at work. */
  async function once(work) {
    if (busy) return;
    busy = true;
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      complain(say('form.not_kept'));
    } finally {
      busy = false;
      button.disabled = false;
    }
  }

  /** All photos are ready; false when one could not be read: it says so, people decide. */
  async function developed() {
    const before = draft.photos.length;
    await working;
    return draft.photos.length === before;
  }

  async function finish() {
    if (!(await developed())) return;
    const lack = missing(draft, place.current());
    if (lack) {
      demand(lack);
      return;
    }
    const entry = await keep();
    clear();
    kept(entry);
  }

  /** On disk first; the outbox sends it by itself. */
  async function keep() {
    const body = bodyOf(draft, { point: place.current(), chosenArea: router.choice(), now: Date.now() });
    const photos = sent(draft);
    const entry = {
      id: draft.id,
      body,
      sha256: await sha256(canonical(body)),
      made_at: new Date().toISOString(),
      label: { category: draft.category.name, area: areaName(router.answer(), router.choice()) },
      photos: photos.map(({ id, sha256: digest }) => ({ id, sha256: digest })),
    };
    await outbox.keep(entry, photos.map(({ id, bytes, type }) => ({ id, bytes, type })));
    picker.used(draft.category);
    return entry;
  }

  /** It is known already: what was seen here is added to it, and this draft is put aside. */
  async function sameAs(incident) {
    if (!(await developed())) return;
    const aside = draft;
    const { undone } = await merged(incident, aside);
    similar.dismiss();
    away();
    undone.then((wanted) => {
      if (wanted) resume(aside);
      else forget(aside);
    });
  }

  /** Bring back what was put aside, unless people have begun something else. */
  function resume(aside) {
    if (draft) return;
    draft = aside;
    words.value = draft.words;
    settled.checked = draft.settled;
    begin();
  }

  /** Say what is missing and lead there. */
  function demand(lack) {
    complain(say(`missing.${lack}`));
    if (lack === 'place') screens.open('map');
    if (lack === 'reason') words.focus();
    if (lack === 'category') byId('chips').scrollIntoView({ block: 'center' });
    if (lack === 'after') byId('after').scrollIntoView({ block: 'center' });
  }

  function complain(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  const forget = (old) => old.photos.forEach((photo) => URL.revokeObjectURL(photo.url));

  function clear() {
    forget(draft);
    away();
  }

  function away() {
    draft = null;
    form.reset();
    complain('');
    place.unpin();
    draw();
  }

  function draw() {
    byId('unfinished').hidden = !draft;
    byId('fresh').hidden = Boolean(draft);
    if (!draft) return;
    const { photos, category } = draft;
    drawStrip('thumbs', 'add-photo', false);
    drawStrip('after-thumbs', 'add-after', true);
    byId('before-label').hidden = !draft.settled;
    byId('after').hidden = !draft.settled;
    byId('photo-wanted').hidden = photos.length > 0 || !category || category.photo !== 'required';
    picker.draw(category);
    ask();
  }

  function drawStrip(strip, add, after) {
    drawThumbs(byId(strip), photosOf(draft, after), removePhoto);
    byId(add).hidden = !hasRoom(draft, after);
  }

  /** Near a border: which grid? And is it there already? */
  function ask() {
    if (!draft) return;
    drawQuestion(byId('question'), candidates(router.answer()), router.choice(), router.choose);
    similar.ask(draft.category, place.current());
    hint();
  }

  function hint() {
    const found = draft ? similar.answer() : null;
    drawSimilar(byId('similar'), found, (incident) => once(() => sameAs(incident)));
    button.textContent = found ? say('do.anyway') : say('do.submit');
  }

  router.listen(ask);
  place.listen(ask);
  similar.listen(hint);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    once(finish);
  });
  words.addEventListener('input', () => { draft.words = words.value; });
  settled.addEventListener('change', () => {
    draft.settled = settled.checked;
    complain('');
    draw();
  });

  return { begin, choose, draw, discard: clear };
}
