/** One report while it is being made. Pure but for the id and the clock handed in. */
import { uuid } from '../shared/uuid.js';

export const MOST_PHOTOS = 3;
export const MOST_AFTER = 2;     // the server takes five in all

/** The id is minted now, not at 提交: two taps, or ten retries, are one report. */
export function newDraft(id = uuid()) {
  return { id, photos: [], category: null, words: '', settled: false };
}

/** The photos of one strip: as found, or, of what was settled on the spot, as it is now. */
export const photosOf = (draft, after) => draft.photos.filter((photo) => Boolean(photo.after) === after);

/** Whether one more fits into a strip. */
export const hasRoom = (draft, after) => photosOf(draft, after).length < (after ? MOST_AFTER : MOST_PHOTOS);

/**
 * What still keeps the draft from being sent: 'category', 'reason' (no photo where one is required,
 * and no words why), 'after' (settled, but no photo of it), 'place', or null when nothing does.
 */
export function missing(draft, point) {
  if (!draft.category) return 'category';
  const required = draft.category.photo === 'required';
  if (required && draft.settled && !photosOf(draft, true).length) return 'after';
  if (required && !draft.photos.length && !draft.words.trim()) return 'reason';
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
    photos: sent(draft).map(({ id, sha256, after }) => (
      draft.settled ? { id, sha256, role: after ? 'after' : 'before' } : { id, sha256 })),
    ...(draft.settled && { settled: true }),
  });
}

/** The photos that go with it: none "after" when it turned out not to be settled. */
export const sent = (draft) => draft.photos.filter((photo) => draft.settled || !photo.after);

/**
 * The draft as it is kept on disk, without the pictures' bytes.
 * @param {Object} where point: see bodyOf, or null; chosenArea: code or null
 */
export const rowOf = ({ id, category, words, settled, photos }, { point, chosenArea }) => ({
  kind: 'report',
  fields: { id, category, words, settled, point, chosenArea },
  photos: photos.map(({ id: photo, after }) => ({ id: photo, after: Boolean(after) })),
  filled: photos.length > 0 || Boolean(category) || Boolean(words.trim()) || settled,
});

/** The draft that was kept as this row. */
export function fromRow({ fields, photos }) {
  const { id, category, words, settled } = fields;
  return { id, category, words, settled, photos: photos.map((photo) => ({ ...photo, url: null })) };
}

/** Seven decimals are a centimetre; the server keeps no more. */
const to7 = (degrees) => Number(degrees.toFixed(7));
