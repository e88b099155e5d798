/**
 * Where the verifier stands while the form is open: followed live, so that people see the distance
 * shrink as they walk up. Its owner stops it; the receiver is off then.
 */
import { distanceM } from './distance.js';

const WGS84 = ['wgs84', 'cgcs2000'];   // the same to a centimetre
const TRY_MS = 10000;

/**
 * @param {Object} parts geolocation; datum of this phone's positions; spot {lon, lat} of the incident;
 *   moved: called with {metres, accuracy_m} at each reading, metres null in a datum that is not ours
 */
export function createStanding({ geolocation, datum = 'wgs84', spot, moved }) {
  let fix = null;
  let waiting = [];
  const watch = geolocation
    ? geolocation.watchPosition(take, refuse, { enableHighAccuracy: true, maximumAge: 5000, timeout: TRY_MS })
    : null;

  function take({ coords }) {
    fix = { lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy * 10) / 10, datum };
    moved({ metres: WGS84.includes(datum) ? distanceM(fix, spot) : null, accuracy_m: fix.accuracy_m });
    answer(({ resolve }) => resolve(fix));
  }

  function refuse(error) {
    if (!fix) answer(({ reject }) => reject(error));
  }

  function answer(call) {
    waiting.forEach(call);
    waiting = [];
  }

  return {
    /** {lon, lat, accuracy_m, datum}: the last reading, or the next one. */
    locate: () => new Promise((resolve, reject) => {
      if (fix) resolve(fix);
      else if (watch === null) reject(new Error('no receiver'));
      else waiting.push({ resolve, reject });
    }),
    /** The last reading, as it is now. */
    latest: () => fix,
    stop() {
      if (watch !== null) geolocation.clearWatch(watch);
      waiting = [];
    },
  };
}
