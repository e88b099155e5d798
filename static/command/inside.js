/**
 * A point that lies inside a polygon and has room around it, to write a name at. Pure.
 * The centre of gravity is not enough: that of a horseshoe lies outside it.
 */

/** @param {GeoJSON.Polygon|GeoJSON.MultiPolygon} geometry degrees @returns {number[]} [lon, lat] */
export function insidePoint(geometry) {
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const rings = parts.reduce((a, b) => (area(b[0]) > area(a[0]) ? b : a));
  const lats = rings[0].map(([, lat]) => lat);
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  // Several heights, so that one narrow waist in the middle does not decide.
  const spans = [0.5, 0.4, 0.6, 0.3, 0.7].map((share) => widest(rings, south + (north - south) * share));
  const best = spans.reduce((a, b) => (b.width > a.width * 1.2 ? b : a));
  return [best.middle, best.lat];
}

/** The longest stretch inside the rings along one latitude. */
function widest(rings, lat) {
  const cuts = rings.flatMap((ring) => cutsOf(ring, lat)).sort((a, b) => a - b);
  let best = { width: 0, middle: rings[0][0][0], lat };
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    const width = cuts[i + 1] - cuts[i];
    if (width > best.width) best = { width, middle: cuts[i] + width / 2, lat };
  }
  return best;
}

/** The longitudes at which a ring crosses a latitude; half-open, so a vertex counts once. */
function cutsOf(ring, lat) {
  return ring.slice(1).flatMap(([lonB, latB], index) => {
    const [lonA, latA] = ring[index];
    if ((latA > lat) === (latB > lat)) return [];
    return [lonA + ((lat - latA) / (latB - latA)) * (lonB - lonA)];
  });
}

/** Twice the area of a ring in square degrees: good enough to say which is larger. */
function area(ring) {
  return Math.abs(ring.slice(1).reduce((sum, [lon, lat], index) => {
    const [lonBefore, latBefore] = ring[index];
    return sum + lonBefore * lat - lon * latBefore;
  }, 0));
}
