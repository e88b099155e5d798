/**
 * What this desk has chosen before, to offer it first: reasons by how often, helpers as the last
 * time. Codes only, nothing of any case; kept in the browser, and forgetting them costs nothing.
 */

const KEY = 'grid.habits';

/** @param {{getItem, setItem}} storage such as localStorage */
export function createHabits(storage) {
  const known = () => {
    try {
      return { counts: {}, last: {}, ...JSON.parse(storage.getItem(KEY)) };
    } catch {
      return { counts: {}, last: {} };
    }
  };

  return {
    /** Items of a question ('return.reason'), those chosen most first, the others as they were. */
    order(question, items) {
      const counts = known().counts[question] || {};
      return [...items].sort((one, other) => (counts[other.value] || 0) - (counts[one.value] || 0));
    },

    /** What was answered the last time, or null. */
    last(question) { return known().last[question] || null; },

    /** A deed was done with this body: remember its reason and whom it called. */
    keep(deed, { category }, body) {
      const habits = known();
      ['reason', 'finding'].filter((name) => name in body).forEach((name) => {
        const counts = habits.counts[`${deed}.${name}`] || {};
        habits.counts[`${deed}.${name}`] = { ...counts, [body[name]]: (counts[body[name]] || 0) + 1 };
      });
      if (body.assisting) habits.last[`assisting.${category}`] = body.assisting;
      storage.setItem(KEY, JSON.stringify(habits));
    },
  };
}
