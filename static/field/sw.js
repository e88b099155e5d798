/**
 * The service worker of /field/: the page opens without a network, on what the phone has kept.
 *
 * self.FIELD comes from incidents/web/installed.py: version, hashed (names say what is in them),
 * files (addresses), page, tiles, photos (beginnings of addresses), nobody (a sentence).
 *
 * Kept, each in a cache of its own:
 *   field-files-VERSION  the files of one version, and the page that names them: all or nothing
 *   field-tiles          the base map around the own ground, as the page asked for it
 *   field-thumbs         small pictures of the own tasks, the same way
 * What the API answers is never kept here; the pack is the page's own business (pack.js).
 */
const { version, hashed, files, page, tiles, photos, nobody } = self.FIELD;
const OURS = 'field-files-';
const FILES = `${OURS}${version}`;
const PATIENCE_MS = 3000;        // then the page comes from the phone
const ANSWER_MS = 2000;          // a page that says nothing may be in the middle of something
const AT_ONCE = 4;
const LIMITS = {                 // bytes
  'field-tiles': 16 * 1024 * 1024,
  'field-thumbs': 8 * 1024 * 1024,
};
const STALE_MS = { 'field-tiles': 14 * 24 * 3600 * 1000, 'field-thumbs': Infinity };

const paths = new Set(files);
const asKept = { ignoreVary: true };   // what varies is the compression

// -- a version: installed whole, or not at all ----------------------------------------------------

self.addEventListener('install', (event) => event.waitUntil(install()));

async function install() {
  try {
    const cache = await caches.open(FILES);
    await cache.addAll(files);
    // A version without its page would be no start without a network: then the older one stays.
    if (!await keepPage(await fetch(page, { credentials: 'same-origin' }))) throw new Error('no page');
  } catch (error) {
    await caches.delete(FILES);
    throw error;
  }
}

self.addEventListener('activate', (event) => event.waitUntil(dropOlder()));

async function dropOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== FILES).map((name) => caches.delete(name)));
}

/** Keep a page if it is one, and names the files of this very version. */
async function keepPage(answer) {
  if (!answer.ok || answer.redirected || answer.headers.get('X-Field-Version') !== version) return false;
  const cache = await caches.open(FILES);
  await cache.put(page, answer.clone());
  return true;
}

// -- answering ------------------------------------------------------------------------------------

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (url.pathname === page) event.respondWith(openPage(event));
  } else if (paths.has(url.pathname)) {
    event.respondWith(file(request));
  } else if (url.pathname.startsWith(tiles)) {
    event.respondWith(keptOr('field-tiles', request));
  } else if (url.pathname.startsWith(photos)) {
    event.respondWith(keptOr('field-thumbs', request));
  }
});

/** The page from the network while it answers in time, else as it was kept. */
async function openPage(event) {
  const asked = fetch(event.request);
  const kept = asked.then(keepPage).catch(() => {});
  event.waitUntil(kept);
  const answer = await Promise.race([asked, after(PATIENCE_MS)]).catch(() => null);
  if (answer && isOurs(answer)) return answer;
  return (await keptPage()) || asked;
}

/** Our server's own word: the page, a refusal, the way to the log-in. Not what stands before it. */
function isOurs(answer) {
  if (answer.type === 'opaqueredirect') return true;
  return answer.ok ? answer.headers.has('X-Field-Version') : answer.status < 500;
}

/** The page of whoever is logged in on this phone; of nobody else, where the browser can tell. */
async function keptPage() {
  const cache = await caches.open(FILES);
  const found = await cache.match(page, asKept);
  if (!found || !self.cookieStore) return found;   // the page looks itself, too: whose.js
  const cookie = await self.cookieStore.get('who');
  if (cookie && cookie.value === found.headers.get('X-Field-User')) return found;
  if (cookie) await cache.delete(page);   // of another; a browser that was killed may just lack its own
  return new Response(nobody, { headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
}

/** Hashed names never change what they mean; in development the network knows better. */
async function file(request) {
  const kept = () => caches.open(FILES).then((cache) => cache.match(request, asKept));
  if (hashed) return (await kept()) || fetch(request);
  return fetch(request).catch(async () => (await kept()) || Response.error());
}

async function keptOr(name, request) {
  const cache = await caches.open(name);
  return (await cache.match(request, asKept)) || fetch(request);
}

const after = (ms) => new Promise((resolve) => { setTimeout(() => resolve(null), ms); });

// -- what a page asks for -------------------------------------------------------------------------

const ERRANDS = {
  /** Hold exactly these addresses in a cache; tells the port how far it is. */
  keep: ({ name, urls }, tell) => hold(name, urls, tell),
  /** This version takes over, unless a page is in the middle of something. */
  update: async (_, tell) => {
    const free = await allFree();
    tell({ free });
    if (free) await self.skipWaiting();
  },
};

self.addEventListener('message', (event) => {
  const errand = ERRANDS[event.data && event.data.errand];
  if (!errand) return;
  const tell = (news) => event.ports[0] && event.ports[0].postMessage(news);
  event.waitUntil(errand(event.data, tell).catch(() => tell({ failed: true })));
});

async function allFree() {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const pages = windows.filter((client) => new URL(client.url).pathname === page);
  const answers = await Promise.all(pages.map(isFree));
  return answers.every(Boolean);
}

function isFree(client) {
  const { port1, port2 } = new MessageChannel();
  const said = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data.free === true); });
  client.postMessage({ question: 'free' }, [port2]);
  return Promise.race([said, after(ANSWER_MS)]);
}

async function hold(name, urls, tell) {
  if (!(name in LIMITS)) return;
  const cache = await caches.open(name);
  const wanted = new Set(urls);
  const there = await cache.keys();
  await Promise.all(there.filter(({ url }) => !wanted.has(pathOf(url))).map((request) => cache.delete(request)));
  const state = { done: 0, of: urls.length, bytes: 0, full: false };
  const queue = urls.slice();
  const work = async () => {
    while (queue.length) {
      const url = queue.shift();
      if (await holdOne(cache, name, url, state)) state.done += 1;
      tell({ done: state.done, of: state.of, bytes: state.bytes, full: state.full });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  tell({ done: state.done, of: state.of, bytes: state.bytes, full: state.full, finished: true });
}

/** Returns whether it is here now. */
async function holdOne(cache, name, url, state) {
  const kept = await cache.match(url, asKept);
  if (kept && Date.now() - Number(kept.headers.get('X-Kept-At')) < STALE_MS[name]) {
    state.bytes += Number(kept.headers.get('X-Kept-Bytes'));
    return true;
  }
  if (state.full) return false;
  const answer = await fetch(url, { credentials: 'same-origin' });
  if (!answer.ok || answer.redirected) return false;
  const bytes = await answer.arrayBuffer();
  if (state.bytes + bytes.byteLength > LIMITS[name]) {
    state.full = true;
    return false;
  }
  state.bytes += bytes.byteLength;
  await cache.put(url, new Response(bytes, {
    headers: {
      'Content-Type': answer.headers.get('Content-Type') || 'application/octet-stream',
      'X-Kept-At': String(Date.now()),
      'X-Kept-Bytes': String(bytes.byteLength),
    },
  }));
  return true;
}

function pathOf(address) {
  const { pathname, search } = new URL(address);
  return pathname + search;
}
