/** What the forms need of this device: a picture made small, and where the device is. */
import { sha256 } from '../field/sha256.js';
import { shrink } from '../field/photo.js';

const WAIT_MS = 15000;

/** @param {File} file  @returns {Promise<{bytes: ArrayBuffer, type: string, sha256: string}>} */
export async function prepare(file) {
  const { bytes, type } = await shrink(file);
  return { bytes, type, sha256: await sha256(bytes) };
}

/** @returns {Promise<{lon, lat, accuracy_m, datum}>} WGS84 degrees, metres */
export function locate() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject(new Error('this device has no position'));
      return;
    }
    navigator.geolocation.getCurrentPosition(({ coords }) => resolve({
      lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, datum: 'wgs84',
    }), reject, { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 });
  });
}
