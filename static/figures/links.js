/** Where a figure leads: the desk with the filter that counts the same, the rates of the same days. Pure. */

const ZOOM_WIDE = 9;
const ZOOM_NEAR = 17;
const SCREEN_PX = 900;

/**
 * The desk's address with a filter, looking at bounds [west, south, east, north].
 * @param {object} filter names as `incidents/sought.py` knows them; empty ones are left out
 */
export function deskLink(command, bounds, filter) {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  const [west, south, east, north] = bounds;
  const lat = ((south + north) / 2).toFixed(5);
  const lon = ((west + east) / 2).toFixed(5);
  return `${command}#${zoomOf(bounds)}/${lat}/${lon}?${query}`;
}

/** The zoom at which bounds fill a screen of a usual desk. */
export function zoomOf([west, south, east, north]) {
  const degrees = Math.max(east - west, (north - south) * 1.2, 1e-6);
  const zoom = Math.floor(Math.log2((SCREEN_PX / 256) * (360 / degrees)));
  return Math.min(Math.max(zoom, ZOOM_WIDE), ZOOM_NEAR);
}

/** The page of rates for the days and the area that a rate here is of. */
export const ratesLink = (rates, { from, to }, area, show) => `${rates}?${new URLSearchParams(
  Object.entries({ from, to, area, show }).filter(([, value]) => value))}`;
