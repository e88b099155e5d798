/** What a position's accuracy and age mean to a person. Pure. */

const GOOD_M = 15;
const FAIR_M = 50;
const NETWORK_FROM_M = 100;
const OLD_MS = 30000;

/** 'good' up to 15 m, 'fair' up to 50 m, else 'poor'. Radius in metres. */
export function quality(accuracyM) {
  if (accuracyM <= GOOD_M) return 'good';
  return accuracyM <= FAIR_M ? 'fair' : 'poor';
}

/** Browsers do not say how they found out; satellites are rarely worse than 100 m. */
export const method = (accuracyM) => (accuracyM < NETWORK_FROM_M ? 'gps' : 'network');

/** True when a fix is old enough (epoch ms) that its age should be shown and a new one sought. */
export const isOld = (at, now) => now - at > OLD_MS;
