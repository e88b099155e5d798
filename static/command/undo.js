/**
 * The way back from a deed: itself a deed of the table (incidents/states.py), so it stands in the
 * timeline as well and asks the same rights. Pure.
 */

const BACK_ON_THE_DESK = ['refuse', 'merge'];
const SET_RIGHT = ['correct', 'move', 'hand_over'];

/**
 * @param {object} before the incident as the deed's doer saw it  @param {object} after as it is now
 * @param {string} words the note where the way back needs one
 * @returns {{deed: string, body: object}|null} null: nothing leads back, or a holder would lose by it
 */
export function undoOf(deed, before, after, words) {
  if (BACK_ON_THE_DESK.includes(deed)) return { deed: 'restore', body: {} };
  if (deed === 'suspend') return { deed: 'resume', body: {} };
  // Where the deed has taken the case from its holder, putting it right would not give it back.
  if (!SET_RIGHT.includes(deed) || before.state !== after.state || before.holder !== after.holder) return null;
  if (deed === 'correct') return { deed, body: { category: before.category } };
  if (deed === 'move') return { deed, body: { position: { type: 'Point', coordinates: [before.lon, before.lat] }, datum: 'wgs84' } };
  return before.area ? { deed, body: { area: before.area, note: words } } : null;
}
