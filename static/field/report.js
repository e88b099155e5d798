/**
 * The report form: one draft, from the photo to 提交. Everything it shows comes from the draft and
 * from the place; everything it makes goes to the outbox, which has it on disk before we say so.
 */
import { byId } from '../shared/dom.js';
import { canonical } from './canonical.js';
import { MOST_PHOTOS, bodyOf, missing, newDraft } from './draft.js';
import { shrink } from './photo.js';
import { drawQuestion } from './question.js';
import { areaName, candidates } from './route.js';
import { sha256 } from './sha256.js';
import { drawThumbs } from './thumbs.js';
import { uuid } from '../shared/uuid.js';
import { say } from './words.js';

/** @param {Object} parts place, router, outbox, picker, screens, kept: called with the entry on disk */
export function createReport({ place, router, outbox, picker, screens, kept }) {
  let draft = null;
  let working = Promise.resolve();   // photos still being shrunk
  let busy = false;

  const form = byId('report-form');
  const problem = byId('form-problem');
  const button = byId('submit');

  /** Open the form, with the photo that was just taken or without one. */
  function begin(file) {
    draft = draft || newDraft();
    place.refresh();
    if (screens.current() !== 'form') screens.open('form');
    if (file && draft.photos.length < MOST_PHOTOS) addPhoto(file);
    else draw();
  }

  function addPhoto(file) {
    const photo = { id: uuid(), url: null };
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

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    busy = true;
    button.disabled = true;
    try {
      await finish();
    } catch (error) {
      complain(say('form.not_kept'));
    } finally {
      busy = false;
      button.disabled = false;
    }
  }

  async function finish() {
    const before = draft.photos.length;
    await working;
    if (draft.photos.length < before) return;   // one could not be read: it says so, people decide
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
    const entry = {
      id: draft.id,
      body,
      sha256: await sha256(canonical(body)),
      made_at: new Date().toISOString(),
      label: { category: draft.category.name, area: areaName(router.answer(), router.choice()) },
      photos: draft.photos.map(({ id, sha256: digest }) => ({ id, sha256: digest })),
    };
    await outbox.keep(entry, draft.photos.map(({ id, bytes, type }) => ({ id, bytes, type })));
    picker.used(draft.category);
    return entry;
  }

  /** Say what is missing and lead there. */
  function demand(lack) {
    complain(say(`missing.${lack}`));
    if (lack === 'place') screens.open('map');
    if (lack === 'reason') form.elements.words.focus();
    if (lack === 'category') byId('chips').scrollIntoView({ block: 'center' });
  }

  function complain(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  function clear() {
    draft.photos.forEach((photo) => URL.revokeObjectURL(photo.url));
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
    drawThumbs(byId('thumbs'), photos, removePhoto);
    byId('add-photo').hidden = photos.length >= MOST_PHOTOS;
    byId('photo-wanted').hidden = photos.length > 0 || !category || category.photo !== 'required';
    picker.draw(category);
    ask();
  }

  /** Near a border: which grid? */
  function ask() {
    drawQuestion(byId('question'), candidates(router.answer()), router.choice(), router.choose);
  }

  router.listen(ask);
  form.addEventListener('submit', submit);
  form.elements.words.addEventListener('input', () => { draft.words = form.elements.words.value; });

  return { begin, choose, draw, discard: clear };
}
