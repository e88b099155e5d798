/**
 * The switch for emergency duty: while it is on, and only then, the desks of the area see where
 * this phone was last. Off by itself after the time the server sets.
 */
import { get, post, Refused, remove, replace } from '../shared/api.js';
import { remember } from './kept.js';

const LEAST_MS = 30000;    // between two positions that are sent

/**
 * @param {{box, input, status: HTMLElement, url: string, datum: string, geolocation: Geolocation}} parts
 *   box has the words as data-on, data-off, data-away, data-blind
 * @returns {Promise<void>} when the switch shows what is true
 */
export async function startDuty({ box, input, status, url, datum, geolocation }) {
  let watch = null;
  let sent = 0;

  function show({ on }, words = on ? box.dataset.on : box.dataset.off) {
    input.checked = on;
    status.textContent = words;
    remember('duty', on);
    if (on && watch === null) watch = geolocation.watchPosition(send, blind, { enableHighAccuracy: true, maximumAge: LEAST_MS });
    if (!on && watch !== null) {
      geolocation.clearWatch(watch);
      watch = null;
      sent = 0;
    }
  }

  const blind = () => { status.textContent = box.dataset.blind; };

  async function send({ coords, timestamp }) {
    if (timestamp - sent < LEAST_MS) return;
    sent = timestamp;
    try {
      await replace(url, {
        position: { type: 'Point', coordinates: [coords.longitude, coords.latitude] }, datum, accuracy_m: coords.accuracy,
      });
      status.textContent = box.dataset.on;
    } catch (error) {
      if (error instanceof Refused && error.status === 409) show({ on: false });
      else sent = 0;    // with the next position again
    }
  }

  /** Ask the server, show its answer; without one, what was true before. */
  async function settle(question) {
    input.disabled = true;
    try {
      show(await question);
    } catch (error) {
      input.checked = watch !== null;
      status.textContent = error instanceof Refused ? error.message : box.dataset.away;
    }
    input.disabled = false;
  }

  input.addEventListener('change', () => settle(input.checked ? post(url, {}) : remove(url)));
  await settle(get(url));
}
