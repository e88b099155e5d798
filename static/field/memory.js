/**
 * A store that forgets when the page closes: for browsers that refuse IndexedDB (private
 * windows), where the page says so, and for unit tests. Same promises as db.js.
 */
export function memoryStore() {
  const items = new Map();      // by order, oldest first
  const photos = new Map();
  const drafts = new Map();
  const copies = (map) => Array.from(map.values(), (each) => ({ ...each }));
  let order = 0;
  return {
    lasting: false,
    items: async () => copies(items),
    async add(item, pictures, draft = null) {
      if (copies(items).some(({ id }) => id === item.id)) return;
      order += 1;
      items.set(order, { ...item, order });
      pictures.forEach((picture) => photos.set(picture.id, picture));
      if (draft) drafts.delete(draft.key);
    },
    async save(item, others = []) {
      if (items.has(item.order)) [item, ...others].forEach((each) => items.set(each.order, { ...each }));
    },
    async remove(item, behind = []) {
      if (!items.delete(item.order)) return;
      item.photos.forEach(({ id }) => photos.delete(id));
      behind.forEach((each) => items.set(each.order, { ...each }));
    },
    async reopen(item, draft) {
      items.delete(item.order);
      drafts.set(draft.key, draft);
    },
    photo: async (id) => photos.get(id),
    drafts: async () => copies(drafts),
    draft: async (key) => drafts.get(key),
    async saveDraft(draft, pictures = []) {
      drafts.set(draft.key, draft);
      pictures.forEach((picture) => photos.set(picture.id, picture));
    },
    async dropDraft(draft) {
      drafts.delete(draft.key);
      draft.photos.forEach(({ id }) => photos.delete(id));
    },
    async dropPhoto(id) { photos.delete(id); },
    lease: async () => true,
    release: async () => undefined,
  };
}
