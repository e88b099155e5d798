/** From what an incident tile carries to what is drawn: markers, or badges with a count. Pure. */

const BINS = 16;        // to a tile's side
const JOINED = 2;       // bins that make one badge, each way: fewer badges, the same sum
const SIZES = [[10000, 19], [1000, 17], [100, 15], [0, 13]];    // least count, radius in pixels

/**
 * Badges of a tile: bins joined, at the middle of what they hold, whole within the tile.
 * @param {object[]} features layer `clusters`  @param {number} size of the tile, pixels
 * @returns {{x, y, count, reach}[]}
 */
export function badgesOf(features, size) {
  const cells = new Map();
  features.forEach(({ props: { bin, count }, geom: [[{ x, y }]] }) => {
    const cell = Math.floor(bin / BINS / JOINED) * BINS + Math.floor((bin % BINS) / JOINED);
    const known = cells.get(cell) || { x: 0, y: 0, count: 0 };
    cells.set(cell, { x: known.x + x * count, y: known.y + y * count, count: known.count + count });
  });
  return Array.from(cells.values(), (cell) => {
    const reach = SIZES.find(([least]) => cell.count >= least)[1];
    const whole = (side) => Math.min(Math.max(side / cell.count, reach + 1), size - reach - 1);
    return { x: whole(cell.x), y: whole(cell.y), count: cell.count, reach };
  });
}

/**
 * Points counted in bins, as the server counts where there are more of them; those that only reach in
 * from beside the tile are counted there.
 * @param {{x, y}[]} points  @param {number} size of the tile, pixels  @returns {object[]} as layer `clusters`
 */
export function binned(points, size) {
  return points.filter(({ x, y }) => Math.min(x, y) >= 0 && Math.max(x, y) < size).map(({ x, y }) => ({
    props: { bin: Math.floor((y * BINS) / size) * BINS + Math.floor((x * BINS) / size), count: 1 }, geom: [[{ x, y }]],
  }));
}

/**
 * Bins without those of some incidents that are counted in them too: of the rest the number and the
 * middle are exact again.
 * @param {object[]} features layer `clusters`  @param {object[]} taken the same of what is taken away
 */
export function without(features, taken) {
  const away = new Map(taken.map(({ props: { bin, count }, geom: [[{ x, y }]] }) => [bin, { x, y, count }]));
  return features.map((feature) => {
    const { props, geom: [[{ x, y }]] } = feature;
    const less = away.get(props.bin);
    if (!less) return feature;
    const count = props.count - less.count;
    const middle = (all, part) => (all * props.count - part * less.count) / count;
    return { props: { ...props, count }, geom: [[{ x: middle(x, less.x), y: middle(y, less.y) }]] };
  }).filter(({ props }) => props.count > 0);    // a tile may be a moment older than the other
}

/** A point as a row of the store would be, as far as its marker asks; times in ISO. */
export function rowOf({ props }) {
  const moment = (seconds) => (seconds ? new Date(seconds * 1000).toISOString() : null);
  return {
    id: props.id,
    state: props.state,
    category_name: props.category,
    area: props.unrouted ? null : '',
    suspended: props.suspended,
    open_problem: props.registered,
    stage_due_at: null,
    due_at: moment(props.due),
    amber_at: moment(props.amber),
  };
}

/**
 * Lower bounds of four classes of cells: round numbers, each class about twice or thrice as full as
 * the one below, for a few cells hold far more than most.
 */
export function steps(largest) {
  return [12, 5, 2].reduce((bounds, part) => (
    [...bounds, Math.max(rounded(largest / part), bounds[bounds.length - 1] + 1)]), [1]);
}

/** The nearest of 1, 2, 5, 10, 20, 50 … below a number. */
function rounded(number) {
  const scale = 10 ** Math.floor(Math.log10(Math.max(number, 1)));
  return [5, 2, 1].find((step) => number >= step * scale || step === 1) * scale;
}

/** A count short enough for a badge: 999, 1.2k, 34k. */
export function short(count) {
  if (count < 1000) return String(count);
  return count < 9950 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`;
}
