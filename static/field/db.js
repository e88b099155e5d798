/**
 * The only module that touches IndexedDB. The stores, as of version 2:
 *   reports  the ledger: one row per item (a report or a deed) that the server does not have yet,
 *            key `order` (counts up: the order of capture), unique `id`
 *   photos   {id, owner, bytes: ArrayBuffer, type, raw}, apart, so that listing never loads pictures;
 *            raw: as the camera gave it, not shrunk yet
 *   drafts   forms not sent yet: {key, owner, kind, fields, photos, at}; see drafts.js
 *   packs    {owner, …}: what this person's page shows without network
 *   leases   {name, holder, until}: which tab sends, where the browser has no locks
 * Bytes and not Blobs: older WebKit loses Blobs in IndexedDB.
 */
const NAME = 'gis-grid-field';
const VERSION = 2;

let opening = null;

/** Open the store; rejects where the browser has none (private window, full disk). */
export async function openStore() {
  await database();
  return {
    lasting: true,

    /** Every item of every owner, oldest first. */
    items: () => read('reports', (items) => items.getAll()),

    /** Item and photos in one transaction, and its draft gone; a second call with the same id changes nothing. */
    add: (item, photos, draft = null) => write(async ({ reports, photos: pictures, drafts }) => {
      if (await done(reports.index('id').count(item.id))) return;
      reports.add(item);
      photos.forEach((photo) => pictures.put({ ...photo, owner: item.owner }));
      if (!draft) return;
      drafts.delete(draft.key);
      leftOut(draft, item).forEach((id) => pictures.delete(id));
    }),

    /** Change an item that is still there (another tab may have delivered it), others with it. */
    save: (item, others = []) => write(async ({ reports }) => {
      if (!await done(reports.count(item.order))) return;
      [item, ...others].forEach((each) => reports.put(each));
    }),

    /** The item and its photos are gone, and the ones behind it changed, or nothing of it happens. */
    remove: (item, behind = []) => write(async ({ reports, photos }) => {
      if (!await done(reports.count(item.order))) return;
      reports.delete(item.order);
      item.photos.forEach(({ id }) => photos.delete(id));
      behind.forEach((each) => reports.put(each));
    }),

    /** An item goes back to being a draft; its photos stay where they are. */
    reopen: (item, draft) => write(({ reports, drafts }) => {
      reports.delete(item.order);
      drafts.put(draft);
    }),

    photo: (id) => read('photos', (photos) => photos.get(id)),

    drafts: () => read('drafts', (drafts) => drafts.getAll()),
    draft: (key) => read('drafts', (drafts) => drafts.get(key)),

    /** The draft, and of its photos those whose bytes are new or other. */
    saveDraft: (draft, pictures = []) => write(({ drafts, photos }) => {
      drafts.put(draft);
      pictures.forEach((picture) => photos.put({ ...picture, owner: draft.owner }));
    }),

    dropDraft: (draft) => write(({ drafts, photos }) => {
      drafts.delete(draft.key);
      draft.photos.forEach(({ id }) => photos.delete(id));
    }),

    dropPhoto: (id) => write(({ photos }) => { photos.delete(id); }),

    /** Take, or prolong, the lease until so many ms from now; false while somebody else has it. */
    lease: (name, holder, ms, now = Date.now()) => write(async ({ leases }) => {
      const held = await done(leases.get(name));
      if (held && held.holder !== holder && held.until > now) return false;
      leases.put({ name, holder, until: now + ms });
      return true;
    }),

    release: (name, holder) => write(async ({ leases }) => {
      const held = await done(leases.get(name));
      if (held && held.holder === holder) leases.delete(name);
    }),
  };
}

/** What this person's page shows without network, or null. */
export async function packOf(owner) {
  try {
    return await read('packs', (packs) => packs.get(owner)) || null;
  } catch (error) {
    return null;
  }
}

/** Keep a pack {made_at, etag, data} as the owner's only one; rejects where there is no room. */
export const keepPack = (owner, pack) => write(({ packs }) => { packs.put({ ...pack, owner }); });

/** The pack of who logs out; nothing happens where none can be kept. */
export const forgetPack = (owner) => write(({ packs }) => { packs.delete(owner); }).catch(() => {});

/** Photos that the draft held and that do not go with the item. */
function leftOut(draft, item) {
  const sent = new Set(item.photos.map(({ id }) => id));
  return draft.photos.map(({ id }) => id).filter((id) => !sent.has(id));
}

function database() {
  opening = opening || opened();
  opening.catch(() => { opening = null; });
  return opening;
}

async function opened() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, oldVersion);
  const db = await done(request);
  // Another tab wants a newer version: let go, or both tabs hang.
  db.onversionchange = () => {
    db.close();
    opening = null;
  };
  db.onclose = () => { opening = null; };
  return db;
}

/** Only ever adds: what an older page kept stays as it is. */
function upgrade(db, from) {
  if (from < 1) {
    db.createObjectStore('reports', { keyPath: 'order', autoIncrement: true })
      .createIndex('id', 'id', { unique: true });
    db.createObjectStore('photos', { keyPath: 'id' });
  }
  if (from < 2) {
    db.createObjectStore('drafts', { keyPath: 'key' });
    db.createObjectStore('packs', { keyPath: 'owner' });
    db.createObjectStore('leases', { keyPath: 'name' });
  }
}

async function read(name, ask) {
  const db = await database();
  return done(ask(db.transaction(name).objectStore(name)));
}

/** Run the work in one transaction; resolves with its answer only when the disk has all of it. */
async function write(work) {
  const db = await database();
  const names = Array.from(db.objectStoreNames);
  const transaction = db.transaction(names, 'readwrite', { durability: 'strict' });
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // Only the abort knows why: a full disk is said there and not at the request.
    transaction.onabort = () => reject(transaction.error || new Error('aborted'));
  });
  finished.catch(() => {});   // it is awaited below, but may fail before
  let answer;
  try {
    answer = await work(Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)])));
  } catch (error) {
    abort(transaction);       // half an item is no item
    await finished.catch((why) => { if (why.name === 'QuotaExceededError') throw why; });
    throw error;
  }
  await finished;
  return answer;
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch (error) {
    // The browser has done so itself.
  }
}

/** An IndexedDB request as a promise. */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
