/** One report while it is being made. Pure but for the id and the clock handed in. */
import { uuid } from '../shared/uuid.js';

export const MOST_PHOTOS = 3;

/** The id is minted now, not at 提交: two taps, or ten retries, are one report. */
export function newDraft(id = uuid()) {
  return { id, photos: [], category: null, words: '' };
}

/**
 * What still keeps the draft from being sent: 'category', 'reason' (no photo where one is required,
 * and no words why), 'place', or null when nothing does.
 */
export function missing(draft, point) {
  if (!draft.category) return 'category';
  const unexplained = !draft.photos.length && !draft.words.trim();
  if (draft.category.photo === 'required' && unexplained) return 'reason';
  return point ? null : 'place';
}

/**
 * The request body as text. It is made once, kept, and sent byte for byte each time.
 * @param {Object} moment point {lon, lat, accuracy_m, method, datum, at} in degrees and metres,
 *   chosenArea: code or null, now: epoch milliseconds
 */
export function bodyOf(draft, { point, chosenArea, now }) {
  return JSON.stringify({
    id: draft.id,
    category: draft.category.code,
    position: { type: 'Point', coordinates: [point.lon, point.lat].map(to7) },
    datum: point.datum,
    accuracy_m: point.accuracy_m,
    method: point.method,
    fixed_at: new Date(point.at).toISOString(),
    recorded_at: new Date(now).toISOString(),
    words: draft.words.trim(),
    chosen_area: chosenArea,
    photos: draft.photos.map(({ id, sha256 }) => ({ id, sha256 })),
  });
}

/** Seven decimals are a centimetre; the server keeps no more. */
const to7 = (degrees) => Number(degrees.toFixed(7));
