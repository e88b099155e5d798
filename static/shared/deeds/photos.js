/**
 * Photos that go with a deed: announced by their SHA-256 in its body, uploaded after it. The page
 * shrinks and hashes them (tools.prepare), because phone and desk do so differently.
 */
import { el, fill, icon } from '../dom.js';
import { uuid } from '../uuid.js';
import { Fault } from './fault.js';
import { group } from './part.js';
import { say } from './words.js';

const MOST = 6;

/**
 * @param {Object} about role, label, needed, and tools: prepare(file, photo) -> Promise {bytes, type,
 *   sha256}; where the page keeps what was begun also before(role) -> [{id}] of an earlier page,
 *   recall(id) -> as prepare, removed(photo)
 */
export function photoList({ role, label, needed, tools }) {
  const { prepare, recall, before = () => [], removed = () => {} } = tools;
  let photos = [];      // {id, file, sha256, bytes, type, url}; without sha256 it is being prepared
  const list = el('ul', { class: 'deed-photos' });
  const input = el('input', { type: 'file', accept: 'image/*', multiple: true, class: 'only-read' });
  const part = group([list, el('label', { class: 'button add-photo' }, icon('camera'), el('span', {}, say('ask.photo_add')), input)], {
    label,
    names: ['photos'],
    first: () => input,
    read() {
      if (photos.some((photo) => !photo.sha256)) throw new Fault(say('ask.photos_wait'));
      if (needed && !photos.length) throw new Fault(say('ask.photos_needed'));
      return photos.length ? { photos: photos.map(({ id, sha256 }) => ({ id, sha256, role })) } : {};
    },
  });
  input.addEventListener('change', () => {
    const files = Array.from(input.files).slice(0, MOST - photos.length);
    input.value = '';
    files.forEach((file) => {
      const photo = { id: uuid(), url: URL.createObjectURL(file) };
      add(photo, prepare(file, photo));
    });
  });

  async function add(photo, preparing) {
    photos = [...photos, photo];
    draw();
    try {
      Object.assign(photo, await preparing);
      photo.url = photo.url || URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
      part.blame('');
    } catch {
      remove(photo);
      part.blame(say('ask.photo_unreadable'));
    }
    draw();
  }

  function remove(photo) {
    URL.revokeObjectURL(photo.url);
    photos = photos.filter((one) => one !== photo);
    removed(photo);
    draw();
  }

  function draw() {
    fill(list, photos.map((photo, index) => el('li', { 'aria-busy': photo.sha256 ? null : 'true' },
      photo.url && el('img', { src: photo.url, alt: say('ask.photo_nth', { n: index + 1 }) }),
      el('button', {
        type: 'button', class: 'button quiet', 'aria-label': say('ask.photo_remove', { n: index + 1 }), onclick: () => remove(photo),
      }, icon('cross')))));
    input.disabled = photos.length >= MOST;
  }

  before(role).forEach(({ id }) => add({ id, url: null }, recall(id)));
  return Object.assign(part, {
    photos: () => photos.map(({ id, sha256, bytes, type }) => ({ id, sha256, role, bytes, type })),
  });
}
