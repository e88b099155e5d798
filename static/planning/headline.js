/** The one sentence of the page: how many cannot walk there, and how many of them a circle hides. */
import { el, fill } from '../shared/dom.js';
import { people, percent, signed } from './numbers.js';
import { say } from './words.js';

/** @param {HTMLElement} place  @returns {{draw: function(object), live: function(object)}} */
export function createHeadline(place) {
  const figure = el('strong', { class: 'figure', id: 'gap-people' });
  const share = el('span', { class: 'share figure' });
  const words = el('p', { class: 'of' });
  const hidden = el('p', { class: 'hidden-gap' });
  const change = el('p', { class: 'change', id: 'change', role: 'status' });
  const rest = el('p', { class: 'rest' });
  fill(place, el('p', { class: 'big' }, figure, share), words, hidden, change, rest);

  function sums({ weight, gap, no_street: noStreet, circle_gap: circleGap }, { name, minutes, index }) {
    figure.textContent = people(gap);
    share.textContent = weight ? percent(gap / weight) : '';
    words.textContent = index ? say('head.index', { minutes, of: index }) : say('head.words', { minutes, name });
    hidden.textContent = index ? '' : say('head.circle', { people: people(circleGap) });
    rest.textContent = say('head.rest', { weight: people(weight), off: people(noStreet) });
  }

  function effect(told) {
    place.dataset.change = told ? 'some' : 'none';
    fill(change, told && [
      el('b', { class: 'figure' }, signed(told.newly_covered - told.lost)), ' ',
      say('head.change', { more: people(told.newly_covered), fewer: people(told.lost) }),
    ]);
  }

  return {
    /** The settled truth; effect of the draft against today, null without one. */
    draw(totals, about, told = null) {
      place.dataset.live = 'no';
      sums(totals, about);
      effect(told);
    },
    /** While a facility is held. */
    live(told, about) {
      place.dataset.live = 'yes';
      sums(told, about);
      effect(told);
    },
  };
}
