/** What the report form shows: everything comes from the draft and from the place. */
import { byId } from '../shared/dom.js';
import { hasRoom, photosOf } from './draft.js';
import { drawQuestion } from './question.js';
import { candidates } from './route.js';
import { drawSimilar } from './similarcard.js';
import { isFull } from './storage.js';
import { drawThumbs } from './thumbs.js';
import { say } from './words.js';

/** @param {Object} parts picker, router, similar; remove(photo), same(incident): what people press */
export function createFormView({ picker, router, similar, screens, remove, same }) {
  const problem = byId('form-problem');
  const button = byId('submit');
  const { words } = byId('report-form').elements;

  function draw(draft) {
    const { photos, category } = draft;
    drawStrip(draft, 'thumbs', 'add-photo', false);
    drawStrip(draft, 'after-thumbs', 'add-after', true);
    byId('before-label').hidden = !draft.settled;
    byId('after').hidden = !draft.settled;
    byId('photo-wanted').hidden = photos.length > 0 || !category || category.photo !== 'required';
    picker.draw(category);
    question();
    hint(draft);
  }

  function drawStrip(draft, strip, add, after) {
    drawThumbs(byId(strip), photosOf(draft, after), remove);
    byId(add).hidden = !hasRoom(draft, after);
  }

  /** Near a border: which grid? */
  function question() {
    drawQuestion(byId('question'), candidates(router.answer()), router.choice(), router.choose);
  }

  /** Is it there already? */
  function hint(draft) {
    const found = draft ? similar.answer() : null;
    drawSimilar(byId('similar'), found, same);
    button.textContent = found ? say('do.anyway') : say('do.submit');
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

  /** The phone could not keep it; the form still has everything. */
  const notKept = (error) => complain(isFull(error) ? say('form.full') : say('form.not_kept'));

  return { draw, question, hint, demand, complain, notKept };
}
