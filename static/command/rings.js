/** Points and rings in pixels: what lies under the pointer. Pure. */

/** Whether a point lies inside rings, holes left out: it has an odd number of crossings to its east. */
export function holds(rings, { x, y }) {
  let inside = false;
  rings.forEach((ring) => ring.forEach((b, index) => {
    const a = ring[(index || ring.length) - 1];
    if ((a.y > y) !== (b.y > y) && x < b.x + ((y - b.y) / (a.y - b.y)) * (a.x - b.x)) inside = !inside;
  }));
  return inside;
}

/** The nearest of some things with x and y that is within its `reach` of a point; null for none. */
export function nearest(things, { x, y }) {
  const far = (thing) => Math.hypot(thing.x - x, thing.y - y);
  return things.reduce((best, thing) => (
    far(thing) <= thing.reach && (!best || far(thing) < far(best)) ? thing : best), null);
}
