/** How far two places are from each other. Pure. */
const EARTH_RADIUS_M = 6371008.8;
const radians = (degrees) => degrees * Math.PI / 180;

/** Metres between two points {lon, lat} in WGS84 degrees, along the great circle. */
export function distanceM(a, b) {
  const up = Math.sin(radians(b.lat - a.lat) / 2);
  const across = Math.sin(radians(b.lon - a.lon) / 2);
  const chord = up * up + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * across * across;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** 'here' up to 100 m and what the fix is unsure of, else 'far'. Never a reason to refuse. */
export const nearness = (metres, accuracyM = 0) => (metres <= 100 + accuracyM ? 'here' : 'far');
