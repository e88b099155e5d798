/** One deed on many incidents, one after the other, each with its own id; can be stopped. Pure. */

/**
 * @param {object[]} rows
 * @param {{send: function(object): Promise<{stale, words}>, whyNot: function(Error): string,
 *   told: function(object), stopped: function(): boolean}} how send does it to one; told hears
 *   {row, ok, words} of each
 * @returns {Promise<{done: number, failed: number, left: number}>}
 */
export async function runBatch(rows, { send, whyNot, told, stopped }) {
  const sums = { done: 0, failed: 0, left: rows.length };
  for (const row of rows) {
    if (stopped()) break;
    let outcome;
    try {
      const { stale, words } = await send(row);
      outcome = { ok: !stale, words };
    } catch (error) {
      outcome = { ok: false, words: whyNot(error) };
    }
    sums[outcome.ok ? 'done' : 'failed'] += 1;
    sums.left -= 1;
    told({ row, ...outcome });
  }
  return sums;
}
