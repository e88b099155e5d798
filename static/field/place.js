/**
 * Where the report happened: the phone's own position, or the point chosen on the map.
 * Keeps the best fix of ten seconds, then switches the satellite receiver off; receiver.js says
 * when it may be on at all.
 */
import { isOld, method, quality } from './accuracy.js';
import { createSignal } from './signal.js';

const TRY_MS = 10000;

/**
 * @param {Object} parts
 *   geolocation  navigator.geolocation or a fake; undefined where the browser has none
 *   datum        what this phone's positions are in (a setting; some phones say gcj02)
 *   now          the clock, epoch milliseconds
 */
export function createPlace({ geolocation, datum = 'wgs84', now = () => Date.now() }) {
  const changed = createSignal();
  let fix = null;
  let best = Infinity;    // metres, of the present search only: an old fix stands until a new one comes
  let pinned = null;
  let status = 'idle';    // idle, seeking, found, late (nothing in time), denied, none (cannot)
  let watch = null;
  let timer = null;

  function start() {
    if (!geolocation) return finish('none');
    if (watch !== null) return undefined;
    status = 'seeking';
    best = fix && !isOld(fix.at, now()) ? fix.accuracy_m : Infinity;
    timer = setTimeout(() => finish(fix ? 'found' : 'late'), TRY_MS);
    watch = geolocation.watchPosition(take, refuse, { enableHighAccuracy: true, timeout: TRY_MS, maximumAge: 0 });
    return changed.tell();
  }

  /** Search again when the last fix is too old or too rough to stand for here and now. */
  function refresh() {
    if (!fix || isOld(fix.at, now()) || quality(fix.accuracy_m) !== 'good') start();
  }

  /** Switch the receiver off, whatever it was at; what it found stays. */
  function stop() {
    if (watch !== null) finish(fix ? 'found' : 'idle');
  }

  function take({ coords }) {
    if (coords.accuracy >= best) return;
    best = coords.accuracy;
    fix = {
      lon: coords.longitude,
      lat: coords.latitude,
      accuracy_m: Math.round(coords.accuracy * 10) / 10,
      method: method(coords.accuracy),
      datum,
      at: now(),   // not the event's own time: some phones count it from another year
    };
    if (quality(fix.accuracy_m) === 'good') finish('found');
    else changed.tell();
  }

  function refuse(error) {
    const denied = error.code === 1;
    if (denied || !fix) finish(denied ? 'denied' : 'late');
  }

  function finish(outcome) {
    clearTimeout(timer);
    if (watch !== null) geolocation.clearWatch(watch);
    watch = null;
    status = outcome;
    changed.tell();
  }

  /** Fix the point by hand; our map is WGS84, whatever the phone's own positions are in. */
  function pin(lon, lat) {
    pinned = { lon, lat, accuracy_m: null, method: 'manual', datum: 'wgs84', at: now() };
    changed.tell();
  }

  /** A point of before: where a draft was begun, and stays until people say otherwise. */
  function recall(point) {
    pinned = point;
    changed.tell();
  }

  function unpin() {
    pinned = null;
    changed.tell();
  }

  return {
    start, refresh, stop, pin, recall, unpin,
    listen: changed.listen,
    /** {lon, lat, accuracy_m, method, datum, at} or null; the pin wins over the receiver. */
    current: () => pinned || fix,
    measured: () => fix,
    status: () => status,
  };
}
