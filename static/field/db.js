/**
 * The only module that touches IndexedDB. Two stores:
 *   reports  one entry per report, key `order` (counts up: the order of capture), unique `id`
 *   photos   {id, bytes: ArrayBuffer, type}, apart, so that listing never loads pictures
 * Bytes and not Blobs: older WebKit loses Blobs in IndexedDB.
 */
const NAME = 'gis-grid-field';
const VERSION = 1;

/** Open the store; rejects where the browser has none (private window, full disk). */
export async function openStore() {
  const db = await opened();
  // Ask the browser not to clear us when the phone runs full; a refusal changes nothing.
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  return {
    lasting: true,

    /** Every entry of every owner, oldest first. */
    reports: () => done(db.transaction('reports').objectStore('reports').getAll()),

    /** Report and photos in one transaction; a second call with the same id changes nothing. */
    add: (entry, photos) => write(db, async (reports, pictures) => {
      if (await done(reports.index('id').count(entry.id))) return;
      reports.add(entry);
      photos.forEach((photo) => pictures.put(photo));
    }),

    /** Change an entry that is still there: another tab may have delivered it meanwhile. */
    save: (entry) => write(db, async (reports) => {
      if (await done(reports.count(entry.order))) reports.put(entry);
    }),

    remove: (entry) => write(db, (reports, pictures) => {
      reports.delete(entry.order);
      entry.photos.forEach(({ id }) => pictures.delete(id));
    }),

    photo: (id) => done(db.transaction('photos').objectStore('photos').get(id)),
  };
}

function opened() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const db = request.result;
    db.createObjectStore('reports', { keyPath: 'order', autoIncrement: true })
      .createIndex('id', 'id', { unique: true });
    db.createObjectStore('photos', { keyPath: 'id' });
  };
  return done(request).then((db) => {
    // Another tab wants a newer version: let go, or both tabs hang.
    db.onversionchange = () => db.close();
    return db;
  });
}

/** Run the work in one transaction; resolves only when the disk has all of it. */
async function write(db, work) {
  const transaction = db.transaction(['reports', 'photos'], 'readwrite', { durability: 'strict' });
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
  finished.catch(() => {});   // it is awaited below, but may fail before
  try {
    await work(transaction.objectStore('reports'), transaction.objectStore('photos'));
  } catch (error) {
    transaction.abort();      // half a report is no report
    throw error;
  }
  return finished;
}

/** An IndexedDB request as a promise. */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
