/** The order of the table of areas. Pure. */

const NUMBERS = { people: true, covered: true, gap: true, no_street: true, share: true };

/** The share of people beyond reach, 0 where nobody lives. */
export const shareOf = (row) => (row.people ? row.gap / row.people : 0);

/**
 * @param {object[]} rows of the API  @param {string} level  @param {{by: string, down: boolean}} order
 * @returns {object[]} those of a level in that order; equal ones by code
 */
export function sorted(rows, level, { by, down }) {
  const value = (row) => (by === 'share' ? shareOf(row) : row[by]);
  const compare = NUMBERS[by]
    ? (one, other) => value(one) - value(other)
    : (one, other) => String(value(one)).localeCompare(String(value(other)), 'zh');
  const sign = down ? -1 : 1;
  return rows.filter((row) => row.level === level)
    .sort((one, other) => sign * compare(one, other) || (one.code < other.code ? -1 : 1));
}

/** The order after a press on a column: numbers begin with the largest, names with the first. */
export const pressed = (order, by) => (
  order.by === by ? { by, down: !order.down } : { by, down: Boolean(NUMBERS[by]) }
);
