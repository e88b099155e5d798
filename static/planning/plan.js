/** Building: the palette, suggestions, the list of what is thought of, one step back and forth. */
import { el, fill, icon } from '../shared/dom.js';
import { people } from './numbers.js';
import { dragFrom } from './place.js';
import { say } from './words.js';

const MOST_SITES = 20;

/**
 * @param {HTMLElement} place  @param {HTMLElement} ghost
 * @param {object} on those of dragFrom, and undo() redo() clear() suggest(count) adopt(site)
 *   adoptAll() exact(count) take(id) back(code) show(place)
 */
export function createPlan(place, ghost, on) {
  const source = el('button', { type: 'button', class: 'palette', id: 'palette' },
    el('span', { class: 'pin candidate', 'aria-hidden': 'true' }, '+'), el('span', {}, say('plan.drag')));
  const count = el('input', { type: 'number', id: 'sites', min: 1, max: MOST_SITES, value: 3, 'aria-label': say('plan.count') });
  const ask = el('button', { type: 'button', class: 'button', id: 'suggest', onclick: () => on.suggest(Math.min(MOST_SITES, Math.max(1, Number(count.value) || 1))) }, say('plan.suggest'));
  const undo = tool('left', say('plan.undo'), on.undo);
  const redo = tool('right', say('plan.redo'), on.redo);
  const clear = el('button', { type: 'button', class: 'button quiet', onclick: on.clear }, say('plan.clear'));
  const hint = el('p', { class: 'note' }, say('plan.keys'));
  const offers = el('div', { class: 'offers' });
  const list = el('ul', { class: 'thought', 'aria-label': say('plan.list') });
  dragFrom(source, ghost, on);
  fill(place, el('h2', {}, say('plan.title')), source, hint,
    el('div', { class: 'row' }, el('label', { class: 'with' }, count, el('span', {}, say('plan.sites'))), ask),
    offers, list, el('div', { class: 'row' }, undo, redo, clear));
  return {
    draw({ draft, category, nameOf, facilityOf, back, forth }) {
      const all = category === 'all';
      source.disabled = all;
      ask.disabled = all;
      hint.textContent = all ? say('plan.one_kind') : say('plan.keys');
      undo.disabled = !back;
      redo.disabled = !forth;
      clear.hidden = !draft.added.length && !draft.removed.length;
      fill(list,
        draft.added.map((each, k) => item(`${k + 1}. ${nameOf(each.category)}`, () => on.show(each), () => on.take(each.id), say('plan.take'))),
        draft.removed.map((code) => item(say('plan.shut', { name: facilityOf(code) }), null, () => on.back(code), say('facility.back'))));
    },
    busy(yes) {
      ask.disabled = yes;
      ask.textContent = yes ? say('state.loading') : say('plan.suggest');
    },
    /** The proven answer is under way: where to see it. */
    underWay(url) {
      fill(offers, el('p', { role: 'status' }, say('plan.asked'), ' ', el('a', { href: url }, say('plan.see'))));
    },
    /** What was suggested; null: nothing asked. */
    offer(told) {
      fill(offers, told && (told.sites.length ? [
        el('p', {}, say('plan.offer', { people: people(told.newly_covered), count: told.sites.length })),
        el('ol', {}, told.sites.map((site) => el('li', {},
          el('span', {}, say('plan.alone', { people: people(site.alone) })),
          el('button', { type: 'button', class: 'button quiet', onclick: () => on.adopt(site) }, say('plan.adopt'))))),
        el('button', { type: 'button', class: 'button wide', onclick: on.adoptAll }, say('plan.adopt_all')),
        el('p', { class: 'note' }, say('plan.exact_words')),
        el('button', { type: 'button', class: 'button wide', id: 'exact', onclick: () => on.exact(told.sites.length) }, say('plan.exact')),
      ] : el('p', {}, say('plan.no_offer'))));
    },
  };
}

function tool(drawing, words, act) {
  return el('button', { type: 'button', class: 'button quiet', title: words, 'aria-label': words, onclick: act }, icon(drawing));
}

function item(words, show, take, label) {
  return el('li', {}, show ? el('button', { type: 'button', class: 'link', onclick: show }, words) : el('span', {}, words),
    el('button', { type: 'button', class: 'button quiet', title: label, 'aria-label': `${label} ${words}`, onclick: take }, icon('cross')));
}
