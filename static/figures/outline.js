/**
 * Areas as one drawing: their outlines coloured by a count, and dots for what came in last. No
 * tiles and no library, so it costs the same after a night as at the start.
 */
import { svg } from './graph.js';

const WIDTH = 1000;
const CLASSES = 5;
const NAMED = 14;    // more names than these would lie on each other

/** x, y in the drawing of [lon, lat], for bounds [west, south, east, north]: true shapes at their latitude. */
export function projection([west, south, east, north]) {
  const squeeze = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = WIDTH / Math.max((east - west) * squeeze, 1e-9);
  return {
    height: Math.max(1, (north - south) * scale),
    place: ([lon, lat]) => [(lon - west) * squeeze * scale, (north - lat) * scale],
  };
}

/** 0 for nothing, else 1 to CLASSES by the share of the largest. */
export function shade(count, most) {
  return count ? Math.max(1, Math.ceil((CLASSES * count) / Math.max(most, 1))) : 0;
}

/**
 * @param {{bounds: number[], areas: {code, name, rings, label}[]}} outlines as the API gives them
 * @param {string} words what it shows, for who cannot see it
 * @returns {{element, colour(counts: Map), dots(places)}} counts: code -> number
 */
export function drawOutlines({ bounds, areas }, words) {
  const { height, place } = projection(bounds);
  const path = (ring) => `M${ring.map((corner) => place(corner).map(Math.round).join(' ')).join('L')}Z`;
  const shapes = new Map(areas.map(({ code, rings }) => [
    code, svg('path', { d: rings.map(path).join(''), class: 'outline', 'data-code': code, 'fill-rule': 'evenodd' }),
  ]));
  const names = areas.length > NAMED ? [] : areas.map(({ name, label }) => {
    const [x, y] = place(label);
    return svg('text', { x, y, class: 'map-name' }, name);
  });
  const spots = svg('g', { class: 'spots' });
  const element = svg('svg', {
    viewBox: `-10 -10 ${WIDTH + 20} ${height + 20}`, class: 'outlines', role: 'img', 'aria-label': words,
  }, ...shapes.values(), spots, ...names);
  return {
    element,
    colour(counts) {
      const most = Math.max(0, ...counts.values());
      shapes.forEach((shape, code) => shape.setAttribute('data-shade', shade(counts.get(code) || 0, most)));
    },
    dots(places) {
      spots.replaceChildren(...places.map(({ lon, lat, state }) => {
        const [cx, cy] = place([lon, lat]);
        return svg('circle', { cx, cy, r: 12, class: 'spot', 'data-state': state });
      }));
    },
  };
}
