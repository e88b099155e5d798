/** The card of a place one pressed: minutes to each kind, and the way to the nearest. */
import { el, fill, icon } from '../shared/dom.js';
import { minutes } from './numbers.js';
import { raisePart } from './raise.js';
import { say } from './words.js';

/**
 * @param {HTMLElement} place  @param {{close(), way(object)}} on
 * @returns {{wait(), show(answer, chosen, limit, at), facility(it, how, toggle), fault(words), hide()}}
 */
export function createCard(place, on) {
  let opener = null;
  const close = () => el('button', { type: 'button', class: 'button quiet close', title: say('card.close'), 'aria-label': say('card.close'), onclick: on.close }, icon('cross'));
  function draw(title, ...content) {
    if (place.hidden) opener = document.activeElement;
    place.hidden = false;
    fill(place, el('header', {}, el('h2', {}, title), close()), ...content);
  }
  return {
    wait: () => draw(say('card.title'), el('p', { class: 'wait' }, say('state.loading'))),
    fault: (words) => draw(say('card.title'), el('p', { class: 'wait', role: 'alert' }, words)),
    /** Minutes to each kind; `chosen` is the kind on the map, `limit` minutes, `at` the place. */
    show(answer, chosen, limit, at) {
      if (!answer.stands) {
        draw(say('card.title'), el('p', { class: 'wait' }, say('card.no_street', { metres: Math.round(answer.street_m) })));
        return;
      }
      const first = answer.ways.find((way) => way.category === chosen) || answer.ways[0];
      draw(say('card.title'), el('ul', { class: 'ways' }, answer.ways.map((way) => line(way, way === first, limit))),
        el('p', { class: 'note' }, say('card.note')), first && isFar(first, limit) && raisePart(at, first, limit));
    },
    /** A standing facility: think it away, or back. */
    facility(it, { gone, minutes: limit }, toggle) {
      draw(it.name, !gone && el('p', { class: 'note' }, say('facility.reach', { minutes: limit })),
        el('p', { class: 'note' }, gone ? say('facility.gone') : say('facility.stands')),
        el('button', { type: 'button', class: 'button wide', onclick: toggle }, gone ? say('facility.back') : say('facility.away')));
    },
    hide() {
      place.hidden = true;
      if (opener && opener.isConnected) opener.focus({ preventScroll: true });
      opener = null;
    },
  };

  function line(way, chosen, limit) {
    const time = way.seconds === null ? say('card.none') : say('card.minutes', { minutes: minutes(way.seconds) });
    const far = isFar(way, limit);
    const press = (event) => {
      place.querySelectorAll('.ways button').forEach((other) => other.setAttribute('aria-pressed', other === event.currentTarget));
      on.way(way);
    };
    return el('li', {}, el('button', { type: 'button', 'aria-pressed': String(chosen), class: far ? 'far' : 'near', disabled: way.seconds === null, onclick: press },
      el('span', { class: 'kind' }, way.name), el('b', { class: 'figure' }, time),
      el('small', {}, way.seconds === null ? '' : `${way.to || say('card.thought')} · ${say('card.metres', { metres: way.metres })}`)));
  }
}

const isFar = ({ seconds }, limit) => seconds === null || seconds > limit * 60;
