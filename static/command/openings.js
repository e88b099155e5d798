/** For how many of several a deed is open, and why not for the others, the commonest reason first. Pure. */

/** @param {string[]} whys for each why it is not open, '' when it is  @returns {{open: number, others: [string, number][]}} */
export function tally(whys) {
  const counts = new Map();
  whys.filter(Boolean).forEach((words) => counts.set(words, (counts.get(words) || 0) + 1));
  return {
    open: whys.filter((words) => !words).length,
    others: [...counts].sort(([, one], [, other]) => other - one),
  };
}
