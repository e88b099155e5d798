/** Where: the place of the one who verifies (the device says), or the right place of a pin (people say). */
import { el } from '../dom.js';
import { Fault } from './fault.js';
import { group } from './part.js';
import { say } from './words.js';

const pointOf = ({ lon, lat }) => ({ type: 'Point', coordinates: [lon, lat] });

/** @param {{needed: boolean, locate: function(): Promise}} about  asked for at once, again by the button */
export function spot({ needed, locate }) {
  let found = null;
  const status = el('p', { class: 'where', role: 'status' });
  const button = el('button', { type: 'button', class: 'button', onclick: seek }, say('ask.spot_seek'));

  async function seek() {
    status.textContent = say('ask.spot_seeking');
    button.disabled = true;
    try {
      found = await locate();
      status.textContent = say('ask.spot_found', { metres: Math.round(found.accuracy_m || 0) });
      part.blame('');
    } catch {
      status.textContent = say('ask.spot_lost');
    }
    button.disabled = false;
  }

  const part = group([status, button], {
    label: say('ask.spot'),
    names: ['spot'],
    first: () => button,
    read() {
      if (needed && !found) throw new Fault(say('ask.spot_needed'));
      if (!found) return {};
      const { accuracy_m: accuracy = null, datum = 'wgs84' } = found;
      return { spot: { position: pointOf(found), datum, accuracy_m: accuracy } };
    },
  });
  seek();
  return part;
}

/** @param {{from: {lon, lat}, pick: function(object): Promise}} about */
export function position({ from, pick }) {
  let chosen = null;
  const words = ({ lon, lat }) => `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
  const status = el('p', { class: 'where figure', role: 'status' }, words(from));
  const button = el('button', { type: 'button', class: 'button', onclick: ask }, say('ask.position_pick'));

  async function ask() {
    const picked = await pick(chosen || from);
    if (picked) {
      chosen = picked;
      status.textContent = words(picked);
      part.blame('');
    }
    button.focus();
  }

  const part = group([status, button], {
    label: say('ask.position'),
    names: ['position'],
    first: () => button,
    read() {
      if (!chosen) throw new Fault(say('ask.position_needed'));
      return { position: pointOf(chosen), datum: chosen.datum || 'wgs84' };
    },
  });
  return part;
}
