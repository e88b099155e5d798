/**
 * Places on the map's square world, 0 to 1 each way (spherical Mercator), so that a redraw only
 * multiplies and adds. Pure.
 */

export const worldX = (lon) => (lon + 180) / 360;

export function worldY(lat) {
  const sin = Math.sin(lat * Math.PI / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

/** @param {number[]} lon  @param {number[]} lat  @returns {{x: Float64Array, y: Float64Array}} */
export const placed = (lon, lat) => ({ x: Float64Array.from(lon, worldX), y: Float64Array.from(lat, worldY) });

const FROM_PIECE_M = 40;   // a longer straight piece is cut, so that its colour can change

/**
 * The streets of the API as pieces of one colour each.
 * @param {{points: number[], counts: number[], metres: number[], seconds: ?number[][]}} told
 * @param {number} speed m/s
 * @returns {{x, y: Float64Array, at: Float32Array}} pairs of points; at: seconds to each piece's
 *   middle, -1 for none, null where no times were told
 */
export function pieces(told, speed) {
  const x = [];
  const y = [];
  const at = [];
  let from = 0;
  told.counts.forEach((count, edge) => {
    const line = lineOf(told.points, from, count);
    from += count;
    cut(line, told.metres[edge], (x0, y0, x1, y1, along) => {
      x.push(x0, x1);
      y.push(y0, y1);
      if (told.seconds) at.push(timeAt(told, edge, along / speed, (told.metres[edge] - along) / speed));
    });
  });
  return { x: Float64Array.from(x), y: Float64Array.from(y), at: told.seconds ? Float32Array.from(at) : null };
}

function timeAt(told, edge, toStart, toEnd) {
  const [start, end] = [told.seconds[0][edge], told.seconds[1][edge]];
  const ways = [start < 0 ? Infinity : start + toStart, end < 0 ? Infinity : end + toEnd];
  const least = Math.min(...ways);
  return Number.isFinite(least) ? least : -1;
}

function lineOf(points, from, count) {
  let [lon, lat] = [0, 0];
  return Array.from({ length: count }, (_, k) => {
    lon += points[2 * (from + k)];
    lat += points[2 * (from + k) + 1];
    return [worldX(lon / 1e6), worldY(lat / 1e6)];
  });
}

/** Call tell(x0, y0, x1, y1, metres from the line's start to the piece's middle) for each piece. */
function cut(line, metres, tell) {
  const lengths = line.slice(1).map(([x, y], k) => Math.hypot(x - line[k][0], y - line[k][1]));
  const scale = metres / (lengths.reduce((sum, each) => sum + each, 0) || 1);
  let along = 0;
  lengths.forEach((length, k) => {
    const parts = Math.max(1, Math.ceil(length * scale / FROM_PIECE_M));
    const [[x0, y0], [x1, y1]] = [line[k], line[k + 1]];
    for (let part = 0; part < parts; part += 1) {
      const [a, b] = [part / parts, (part + 1) / parts];
      tell(x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b,
        along + length * scale * (a + b) / 2);
    }
    along += length * scale;
  });
}
