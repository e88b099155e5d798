/**
 * The part of the URL after #, so that a view can be sent to a colleague: zoom/lat/lon/selected,
 * then ? and the filter under the names the server knows. Pure. `selected` is an incident's id, or
 * `area:` and an area's code; `query` null: the filter a fresh page starts with.
 */

/** @returns {{zoom, lat, lon: number, selected, query: string|null}|null} null: unreadable */
export function readHash(hash) {
  const [view, ...rest] = hash.replace(/^#/, '').split('?');
  const [zoom, lat, lon, selected] = view.split('/');
  const numbers = [zoom, lat, lon].map((part) => (part ? Number(part) : NaN));
  const fits = numbers[0] >= 0 && numbers[0] <= 22
    && Math.abs(numbers[1]) <= 90 && Math.abs(numbers[2]) <= 180;
  if (!fits) return null;
  return {
    zoom: numbers[0], lat: numbers[1], lon: numbers[2], selected: decoded(selected), query: rest.length ? rest.join('?') : null,
  };
}

/** The hash of a view, with as many decimals as the zoom can show. */
export function writeHash({ zoom, lat, lon, selected, query = null }) {
  const decimals = Math.max(2, Math.ceil(zoom * Math.LN2 / Math.LN10));
  const parts = [zoom, lat.toFixed(decimals), lon.toFixed(decimals)];
  if (selected) parts.push(encodeURIComponent(selected));
  return `#${parts.join('/')}${query === null ? '' : `?${query}`}`;
}

function decoded(part) {
  try {
    return part ? decodeURIComponent(part) : null;
  } catch {
    return null;   // a half-copied %E7: show the place, select nothing
  }
}
