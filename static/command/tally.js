/**
 * The tree of areas and how many open incidents each holds. Pure.
 *
 * A row names its area by code. A code is unique within a level only, so the deepest area of a
 * code is the one meant, as it is on the server, which routes to the deepest.
 */
import { isOpen } from '../shared/states.js';

/** Level names from the top down, as the server writes them. */
export const LEVELS = ['city', 'district', 'street', 'community', 'grid', 'micro-grid'];

const depth = (area) => LEVELS.indexOf(area.level);

export class AreaTree {
  #byCode = new Map();
  #parents = new Map();
  #children = new Map();

  /** @param {object[]} areas properties of /api/command/areas: code, name, level, parent, … */
  constructor(areas) {
    this.areas = [...areas].sort((a, b) => depth(a) - depth(b));
    // From the top down: what has a code so far lies above, or beside.
    const named = new Map();
    this.areas.forEach((area) => {
      this.#join(area, named.get(area.parent) || []);
      named.set(area.code, [...(named.get(area.code) || []), area]);
      this.#byCode.set(area.code, area);
    });
  }

  #join(area, named) {
    const above = named.filter((one) => depth(one) < depth(area));
    const parent = above[above.length - 1];
    if (!parent) return;
    this.#parents.set(area, parent);
    if (!this.#children.has(parent)) this.#children.set(parent, []);
    this.#children.get(parent).push(area);
  }

  /** The deepest area with this code, or null. */
  get(code) { return this.#byCode.get(code) || null; }

  childrenOf(area) { return this.#children.get(area) || []; }

  /** The area and those above it, from itself to the root. */
  upFrom(area) {
    const line = [];
    for (let at = area; at; at = this.#parents.get(at)) line.push(at);
    return line;
  }

  /** The name without that of the area above, which a map shows anyway: 桥南社区第六网格 -> 第六网格. */
  shortName(area) {
    const above = this.#parents.get(area);
    const rest = above && area.name.startsWith(above.name) ? area.name.slice(above.name.length).trim() : '';
    return rest || area.name;
  }

  /** Codes of the area and of all below it. */
  codesUnder(area) {
    const codes = this.childrenOf(area).flatMap((child) => Array.from(this.codesUnder(child)));
    return new Set([area.code, ...codes]);
  }

  /** The levels that have areas, from the top down. */
  levels() {
    return LEVELS.filter((level) => this.areas.some((area) => area.level === level));
  }

  /** Map of area -> open incidents in it or below it. */
  countOpen(rows) {
    const counts = new Map(this.areas.map((area) => [area, 0]));
    rows.filter(isOpen).forEach((row) => {
      this.upFrom(this.get(row.area)).forEach((area) => counts.set(area, counts.get(area) + 1));
    });
    return counts;
  }
}

const LEAST_ZOOM = { city: 0, district: 0, street: 10, community: 12, grid: 14, 'micro-grid': 18 };

/** Which of the present levels to draw at a zoom: fewer, larger areas from farther away. */
export function levelAt(zoom, levels) {
  const fitting = levels.filter((level) => LEAST_ZOOM[level] <= zoom);
  return fitting[fitting.length - 1] || levels[0] || null;
}

const LADDERS = [[1, 2, 3, 5], [1, 3, 6, 10], [1, 5, 10, 20], [1, 10, 25, 50], [1, 25, 50, 100],
  [1, 50, 100, 250], [1, 100, 250, 500], [1, 250, 500, 1000], [1, 1000, 2500, 5000]];

/**
 * Lower bounds of the four classes above zero, round numbers that suit the largest count.
 * The last class begins at about the top half, so one busy area does not flatten the rest.
 */
export function breaksFor(largest) {
  return LADDERS.find((ladder) => largest <= ladder[3] * 1.6) || LADDERS[LADDERS.length - 1];
}

/** The class of a count: 0 for none, 1 to 4 by the breaks. */
export function classOf(count, breaks) {
  return breaks.filter((lowest) => count >= lowest).length;
}
