/**
 * 导出: everything of one person that the server does not have yet, as a ZIP with Chinese
 * names: words as text, photos as they are. Nothing leaves the queue by it.
 */
import { draftsOf } from './drafts.js';
import { say } from './words.js';
import { createZip } from './zip.js';

/**
 * Items and drafts as one archive, photos read one at a time.
 * @param {Object} store see db.js  @param {Object[]} items of the owner  @returns {Promise<Blob>}
 */
export async function rescued(store, items, owner) {
  const zip = createZip();
  const drafts = (await draftsOf(store, owner)).filter((draft) => draft.filled);
  const folders = [
    ...items.map((item, i) => [folder(i, item), item]),
    ...drafts.map((draft) => [say('rescue.draft', { at: stamp(draft.at) }), draft]),
  ];
  for (const [name, about] of folders) {
    const title = say('rescue.content');
    zip.add(`${name}/${title}.json`, JSON.stringify(readable(about), null, 2));
    await addPhotos(store, zip, name, about.photos);
  }
  return zip.finish();
}

/** One in memory at a time. */
async function addPhotos(store, zip, name, photos) {
  for (const [i, { id }] of photos.entries()) {
    const photo = await store.photo(id);
    const title = say('rescue.photo', { nth: i + 1 });
    if (photo) zip.add(`${name}/${title}.${ending(photo.type)}`, new Uint8Array(photo.bytes));
  }
}

/** The body as what it is, not as text within text. */
const readable = ({ body, ...rest }) => ({ ...rest, ...(body && { body: JSON.parse(body) }) });

/** '01 路灯不亮 20261122-1430' */
function folder(i, { label, made_at: at }) {
  const what = [label.category, label.deed].filter(Boolean).join('-').replace(/[^\p{L}\p{N}-]+/gu, ' ');
  return `${String(i + 1).padStart(2, '0')} ${what} ${stamp(at)}`;
}

const ending = (type) => ({ 'image/png': 'png', 'image/webp': 'webp', 'image/heic': 'heic' }[type] || 'jpg');

/** '20261122-1430', local time. */
function stamp(moment) {
  const at = new Date(moment);
  const two = (value) => String(value).padStart(2, '0');
  return `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}-${two(at.getHours())}${two(at.getMinutes())}`;
}

/** @returns {function(Object[]): Promise} saveOut(items), with the begun forms, into the phone's downloads */
export const createRescue = ({ store, owner }) => async (items) => {
  const name = say('rescue.file', { owner, at: stamp(Date.now()) });
  download(await rescued(store, items, owner), `${name}.zip`);
};

function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
