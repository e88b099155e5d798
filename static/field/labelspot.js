/** Where to write a grid's name so that it is seen: inside the grid and inside the view. Pure. */

const STEPS = 12;
const PIN = { side: 90, above: 72, below: 28 };   // pixels kept free around its tip

/**
 * @param {number[][][]} rings of [x, y] in pixels; the even-odd rule makes holes and pieces
 * @param {number} width of the view in pixels  @param {number} height of the view
 * @returns {?number[]} [x, y], or null when hardly anything of the shape is in view
 */
export function labelSpot(rings, width, height) {
  const seen = raster(width, height).filter((point) => isInside(point, rings));
  if (!seen.length) return null;
  const middle = [0, 1].map((axis) => seen.reduce((sum, point) => sum + point[axis], 0) / seen.length);
  const away = ([x, y]) => (x - middle[0]) ** 2 + (y - middle[1]) ** 2;
  return seen.reduce((best, point) => (away(point) < away(best) ? point : best));
}

/** Points spread evenly over the view, away from its edges and from the pin in its middle. */
function raster(width, height) {
  const points = [];
  for (let x = width / STEPS; x < width; x += width / STEPS) {
    for (let y = height / STEPS; y < height; y += height / STEPS) {
      const down = y - height / 2;
      const underPin = Math.abs(x - width / 2) < PIN.side && down > -PIN.above && down < PIN.below;
      if (!underPin) points.push([x, y]);
    }
  }
  return points;
}

function isInside([x, y], rings) {
  let inside = false;
  rings.forEach((ring) => ring.forEach(([x2, y2], i) => {
    const [x1, y1] = ring[(i || ring.length) - 1];
    if ((y1 > y) !== (y2 > y) && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) inside = !inside;
  }));
  return inside;
}
