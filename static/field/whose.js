/**
 * Whose page this is. A page that was kept on the phone is for the one who is logged in here, which
 * the server says in a cookie; with the log-out, or with another one's log-in, all of it is forgotten.
 */
import { forgetPack } from './db.js';
import { remember, remembered } from './kept.js';

const COOKIE = /(?:^|;\s*)who=([^;]*)/;
const FILES = 'field-files-';
const THUMBS = 'field-thumbs';

/** Whether this page was made for the one who is logged in on this phone. */
export const isOf = (whose) => loggedIn() === whose;

/** What the server says in the cookie, '' for nobody. */
export function loggedIn() {
  const found = COOKIE.exec(document.cookie);
  return found ? found[1] : '';
}

/** Another one's page was here before: nothing of it stays. */
export async function moveIn(owner) {
  const before = remembered('whose', null);
  remember('whose', owner);
  if (before && before !== owner) await forgetPack(before);
}

/** Forget page, pictures and pack of whoever was here; what waits to be sent stays theirs. */
export async function moveOut(page) {
  const owner = remembered('whose', null);
  if (owner) await forgetPack(owner);
  if (!('caches' in window)) return;
  const names = await window.caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(FILES)).map((name) => forgetPage(name, page)));
  await window.caches.delete(THUMBS);
}

async function forgetPage(name, page) {
  const cache = await window.caches.open(name);
  await cache.delete(page, { ignoreVary: true });
}
