/** What the phone carries to where there is no network, kept up to date, and how that stands in words. */
import { urlFor } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { pageLanguage } from '../shared/words.js';
import { drawContacts } from './contacts.js';
import { tilesFor } from './ground.js';
import { say } from './words.js';

const MOST_THUMBS = 200;
const AGAIN_MS = 15000;
const LONGEST_MS = 300000;

/** @param {Object} parts pack: see pack.js; worker: see worker.js; tiles: template of their addresses */
export function carrying({ pack, worker, tiles }) {
  let asked = '';
  let map = null;         // {done, of, full} once the worker is at it
  let wait = AGAIN_MS;

  function take(data) {
    drawContacts(byId('contacts'), data.contacts);
    draw();
    hold(data).catch(() => {});   // without room or worker, the rest still works
  }

  /** Map first, then the pictures; nothing is asked for twice. */
  async function hold(data) {
    const grounds = tilesFor(data).map((tile) => urlFor(tiles, tile));
    const thumbs = thumbsOf(data);
    const wanted = JSON.stringify([grounds, thumbs]);
    if (wanted === asked) return;
    asked = wanted;
    const held = [
      await worker.keep('field-tiles', grounds, (news) => {
        map = news;
        draw();
      }),
      await worker.keep('field-thumbs', thumbs),
    ];
    if (held.every(isWhole)) wait = AGAIN_MS;
    else goOnLater(data);
  }

  /** The network went, or the server was busy: go on at the next occasion, or after a while. */
  function goOnLater(data) {
    asked = '';
    setTimeout(() => hold(data).catch(() => {}), wait);
    wait = Math.min(2 * wait, LONGEST_MS);
  }

  function draw() {
    const line = byId('carried');
    const data = pack.data();
    line.hidden = !data;
    if (data) line.textContent = words(data);
  }

  function words(data) {
    const at = say('carried.tasks', { count: data.tasks.length, when: when(new Date(pack.at()).toISOString()) });
    return [at, mapWords()].join(pageLanguage() === 'en' ? ' ' : '');
  }

  function mapWords() {
    if (!worker.there) return say('carried.stay');
    if (!map || map.failed) return '';
    if (map.full) return say('carried.map_part');
    return map.done < map.of ? say('carried.map', { done: map.done, of: map.of }) : say('carried.map_whole');
  }

  /** Ask anew on every occasion; offline it stays as it is. */
  const refresh = (how) => pack.refresh(how).catch(() => {});

  pack.listen(take);
  window.addEventListener('online', () => refresh());
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    refresh();
    worker.check();
    draw();
  });
  return { refresh };
}

const thumbsOf = ({ details }) => Object.values(details)
  .flatMap(({ photos_list: photos }) => photos.filter(({ stored }) => stored).map(({ thumb_url: url }) => url))
  .slice(0, MOST_THUMBS);

/** Nothing is missing but what the phone has no room for. @param {Object|null} news null: no worker */
const isWhole = (news) => !news || (!news.failed && (news.full || news.done === news.of));
