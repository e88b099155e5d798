/**
 * Walking time in classes, as the map colours them and the legend counts them. Pure.
 * Classes 0 to 5 end at these minutes; 6 is farther, or without a way; 7 has no street nearby.
 */

export const ENDS = [5, 10, 15, 20, 30, 60];
export const FARTHER = 6;
export const NO_STREET = 7;

/** The class of some seconds; -1 means no way. */
export function classOf(seconds) {
  if (seconds < 0) return FARTHER;
  const found = ENDS.findIndex((minutes) => seconds <= minutes * 60);
  return found < 0 ? FARTHER : found;
}

/** The class of `count` kinds of `of` within reach, on the same ramp: all of them is the nearest. */
export const indexClass = (count, of) => (of ? Math.round((1 - count / of) * FARTHER) : FARTHER);

/**
 * Classes of all cells.
 * @param {{verdict: string, seconds: ?number[], count: ?number[]}} cells  @param {number} of kinds
 */
export function classesOf(cells, of) {
  return Uint8Array.from(cells.verdict, (letter, k) => {
    if (letter === 'n') return NO_STREET;
    return cells.count ? indexClass(cells.count[k], of) : classOf(cells.seconds[k]);
  });
}

/** People by class: eight sums. */
export function tally(classes, weight) {
  const sums = new Array(NO_STREET + 1).fill(0);
  classes.forEach((each, k) => { sums[each] += weight[k]; });
  return sums;
}
