/**
 * A store that forgets when the page closes: for browsers that refuse IndexedDB (private
 * windows), where the page says so, and for unit tests. Same promises as db.js.
 */
export function memoryStore() {
  const entries = new Map();
  const photos = new Map();
  let order = 0;
  return {
    lasting: false,
    async reports() {
      return Array.from(entries.values(), (entry) => ({ ...entry }));
    },
    async add(entry, pictures) {
      if (entries.has(entry.id)) return;
      order += 1;
      entries.set(entry.id, { ...entry, order });
      pictures.forEach((picture) => photos.set(picture.id, picture));
    },
    async save(entry) {
      if (entries.has(entry.id)) entries.set(entry.id, { ...entry });
    },
    async remove(entry) {
      entries.delete(entry.id);
      entry.photos.forEach(({ id }) => photos.delete(id));
    },
    async photo(id) {
      return photos.get(id);
    },
  };
}
