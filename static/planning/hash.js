/**
 * The part of the URL after #, so that a view can be sent to a colleague:
 * zoom/lat/lon?n=network&c=category&m=15&s=1.2&g=open&v=walk&sc=scenario&a=…&x=…
 * Pure. What cannot be read is left out.
 */

const GATES = ['open', 'shut', 'night'];
const SHOWN = ['walk', 'circle', 'both'];

/** @returns {{look: {zoom, lat, lon}|null, asked: object, scenario: ?string, draft: ?object}} */
export function readHash(hash) {
  const [place, rest = ''] = hash.replace(/^#/, '').split('?');
  const query = new URLSearchParams(rest);
  const asked = {};
  if (query.get('n')) asked.network = query.get('n');
  if (query.get('c')) asked.category = query.get('c');
  if (inRange(query.get('m'), 1, 60)) asked.minutes = Number(query.get('m'));
  if (inRange(query.get('s'), 0.3, 2.5)) asked.speed = Number(query.get('s'));
  if (GATES.includes(query.get('g'))) asked.gates = query.get('g');
  if (SHOWN.includes(query.get('v'))) asked.shown = query.get('v');
  return { look: lookOf(place), asked, scenario: query.get('sc'), draft: draftOf(query) };
}

/** The hash of a view; the draft only where no scenario holds it. */
export function writeHash({ look, asked, scenario, draft }) {
  const decimals = Math.max(2, Math.ceil(look.zoom * Math.LN2 / Math.LN10));
  const query = new URLSearchParams({
    n: asked.network, c: asked.category, m: asked.minutes, s: asked.speed, g: asked.gates, v: asked.shown,
  });
  if (scenario) query.set('sc', scenario);
  if (draft && draft.added.length) {
    query.set('a', draft.added.map(({ category, lon, lat }) => `${category},${lon.toFixed(6)},${lat.toFixed(6)}`).join(';'));
  }
  if (draft && draft.removed.length) query.set('x', draft.removed.join(';'));
  return `#${look.zoom}/${look.lat.toFixed(decimals)}/${look.lon.toFixed(decimals)}?${query}`;
}

function lookOf(place) {
  const [zoom, lat, lon] = place.split('/').map((part) => (part ? Number(part) : NaN));
  const fits = zoom >= 0 && zoom <= 22 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return fits ? { zoom, lat, lon } : null;
}

function draftOf(query) {
  if (!query.has('a') && !query.has('x')) return null;
  const added = (query.get('a') || '').split(';').map((text, index) => {
    const [category, lon, lat] = text.split(',');
    return { id: `h${index}`, category, lon: Number(lon), lat: Number(lat) };
  }).filter(({ category, lon, lat }) => category && Math.abs(lon) <= 180 && Math.abs(lat) <= 90);
  return { added, removed: (query.get('x') || '').split(';').filter(Boolean) };
}

const inRange = (text, least, most) => Boolean(text) && Number(text) >= least && Number(text) <= most;
