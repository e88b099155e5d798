/** What happened, step by step, in plain words, with the photos that came with each step. */
import { el, icon } from '../shared/dom.js';
import { story } from '../shared/deeds/story.js';
import { moment } from '../shared/when.js';
import { thumbs } from './photos.js';

/** @param {object} incident timeline, photos_list  @param {object} tools openPhotos */
export function timeline(incident, tools) {
  const photos = new Map(incident.photos_list.filter(({ stored }) => stored).map((photo) => [photo.id, photo]));
  return el('ol', { class: 'timeline' }, incident.timeline.map((event) => step(event, photos, tools)));
}

function step(event, photos, tools) {
  const { title, lines, marked, photos: ids } = story(event);
  const own = event.kind === 'photo' ? [] : ids.map((id) => photos.get(id)).filter(Boolean);
  return el('li', { 'data-state': event.state, 'data-kind': event.kind },
    el('p', {}, el('strong', {}, title), event.by && ` ${event.by}`),
    el('time', { datetime: event.at }, moment(event.at)),
    lines.map((line) => el('p', { class: 'line' }, line)),
    marked.map((line) => el('p', { class: 'line marked' }, icon('warn'), line)),
    event.note && el('p', { class: 'note' }, event.note),
    own.length > 0 && thumbs(own, tools));
}
