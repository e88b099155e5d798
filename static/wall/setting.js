/** What the wall's address says: ?tiles=3x2&seconds=20&area=510704. Pure. */

const USUAL_S = 20;
const LEAST_S = 5;
const MOST_S = 3600;
const TILES = ['1x1', '3x2', '2x3'];   // six panels: on one screen, or one on each of six

/** @returns {{columns: number, rows: number, seconds: number, area: string}} seconds 0: no rotating */
export function readSetting(query) {
  const asked = new URLSearchParams(query);
  const tiles = TILES.includes(asked.get('tiles')) ? asked.get('tiles') : TILES[0];
  const [columns, rows] = tiles.split('x').map(Number);
  return { columns, rows, seconds: readSeconds(asked.get('seconds')), area: asked.get('area') || '' };
}

/** The area after this one, round and round; the first ('' for the whole) when it is gone. */
export function nextArea(areas, current) {
  return areas[(areas.indexOf(current) + 1) % areas.length];
}

function readSeconds(text) {
  const seconds = text === null || text === '' ? NaN : Number(text);
  if (!Number.isFinite(seconds) || seconds < 0) return USUAL_S;
  return seconds === 0 ? 0 : Math.min(Math.max(seconds, LEAST_S), MOST_S);
}
