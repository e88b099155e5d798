/** The photos of an incident: the place as it was, and as it is after handling. */
import { el } from '../shared/dom.js';
import { say } from './words.js';

const GROUPS = { before: ['report', 'before', 'check'], after: ['after', 'verify'] };

/** @returns {{before: object[], after: object[]}} the stored ones */
export function grouped(photos) {
  const of = (roles) => photos.filter(({ stored, role }) => stored && roles.includes(role));
  return { before: of(GROUPS.before), after: of(GROUPS.after) };
}

/** @param {object} incident photos_list  @param {object} tools openPhotos(photos, index, pair) */
export function photoGroups(incident, tools) {
  const { before, after } = grouped(incident.photos_list);
  if (!before.length && !after.length) return null;
  const pair = before.length && after.length ? [before[before.length - 1], after[after.length - 1]] : null;
  const all = [...before, ...after];
  const group = (title, photos) => photos.length > 0 && [
    after.length > 0 && el('h4', {}, title), thumbs(photos, tools, { all, pair }),
  ];
  return [
    group(say('incident.photos_before'), before),
    group(say('incident.photos_after'), after),
    pair && el('button', { type: 'button', class: 'link', onclick: () => tools.openPhotos(all, -1, pair) }, say('photo.compare')),
  ];
}

/** Small pictures that open the large ones; `all` are those one can leaf through. */
export function thumbs(photos, { openPhotos }, { all = photos, pair = null } = {}) {
  return el('ul', { class: 'photos' }, photos.map((photo) => {
    const index = all.indexOf(photo);
    const words = say('incident.photo', { n: index + 1, count: all.length });
    return el('li', {}, el('button', { type: 'button', onclick: () => openPhotos(all, index, pair) },
      el('img', { src: photo.thumb_url, loading: 'lazy', alt: words })));
  }));
}
