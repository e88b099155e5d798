/** What the phone carries to where there is no network, kept up to date, and how that stands in words. */
import { urlFor } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { pageLanguage } from '../shared/words.js';
import { drawContacts } from './contacts.js';
import { tilesFor } from './ground.js';
import { say } from './words.js';

const MOST_THUMBS = 200;

/** @param {Object} parts pack: see pack.js; worker: see worker.js; tiles: template of their addresses */
export function carrying({ pack, worker, tiles }) {
  let asked = '';
  let map = null;         // {done, of, full} once the worker is at it

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
    await worker.keep('field-tiles', grounds, (news) => {
      map = news;
      draw();
    });
    const last = await worker.keep('field-thumbs', thumbs);
    if (!last || last.failed) asked = '';   // the network went: the next occasion goes on
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
    if (map.done < map.of) return say('carried.map', { done: map.done, of: map.of });
    return map.full ? say('carried.map_part') : say('carried.map_whole');
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
