/** Which tiles of the base map to carry: the own grids and the tasks, the overview before the detail. Pure. */

const ZOOMS = [10, 11, 12, 13, 14, 15, 16];   // 16 is the finest data; closer views enlarge it
const MOST = 400;
const AROUND_DEG = 0.002;                     // about 200 m

/**
 * @param {Object} data of the pack  @returns {{z, x, y}[]} at most `most`, each once
 */
export function tilesFor({ areas, tasks }, most = MOST) {
  const boxes = [
    ...areas.features.map(({ geometry }) => boxOf(geometry)),
    ...tasks.map(({ lon, lat }) => [lon - AROUND_DEG, lat - AROUND_DEG, lon + AROUND_DEG, lat + AROUND_DEG]),
  ];
  const found = new Map();
  ZOOMS.forEach((z) => boxes.forEach((box) => {
    tilesOf(box, z).forEach((tile) => found.set(`${tile.z}/${tile.x}/${tile.y}`, tile));
  }));
  return Array.from(found.values()).slice(0, most);
}

/** [west, south, east, north] of a MultiPolygon or Polygon. */
export function boxOf({ type, coordinates }) {
  const corners = coordinates.flat(type === 'MultiPolygon' ? 2 : 1);
  const lons = corners.map(([lon]) => lon);
  const lats = corners.map(([, lat]) => lat);
  return [least(lons), least(lats), -least(lons.map((lon) => -lon)), -least(lats.map((lat) => -lat))];
}

// Not Math.min(...all): a long border has more corners than a call may have arguments.
const least = (numbers) => numbers.reduce((low, number) => (number < low ? number : low), Infinity);

/** The tiles under a box and those around them: a screen looks over the border. */
function tilesOf([west, south, east, north], z) {
  const [left, top] = tileAt(west, north, z);
  const [right, bottom] = tileAt(east, south, z);
  const tiles = [];
  for (let x = left - 1; x <= right + 1; x += 1) {
    for (let y = top - 1; y <= bottom + 1; y += 1) tiles.push({ z, x, y });
  }
  return tiles;
}

function tileAt(lon, lat, z) {
  const rad = (lat * Math.PI) / 180;
  const x = ((lon + 180) / 360) * 2 ** z;
  const y = ((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2) * 2 ** z;
  return [Math.floor(x), Math.floor(y)];
}
