/** The phone page: makes the parts and connects them. */
import { post, put } from '../shared/api.js';
import { mountBell } from '../shared/bell.js';
import { config } from '../shared/config.js';
import { byId, el, fill } from '../shared/dom.js';
import { courier } from './courier.js';
import { openStore } from './db.js';
import { createDone } from './done.js';
import { startHeader } from './header.js';
import { followLinks } from './link.js';
import { createList } from './list.js';
import { introduce } from './me.js';
import { memoryStore } from './memory.js';
import { createOutbox } from './outbox.js';
import { shrink } from './photo.js';
import { createPicker } from './picker.js';
import { createPlace } from './place.js';
import { startPlaceLines } from './placeline.js';
import { startPlaceMap } from './placemap.js';
import { drawQueue } from './queue.js';
import { createReport } from './report.js';
import { createRouter } from './route.js';
import { createScreens } from './screens.js';
import { ask, signedOut } from './session.js';
import { sha256 } from './sha256.js';
import { createSimilar } from './similar.js';
import { startSunlight } from './sunlight.js';
import { createTabs } from './tabs.js';
import { askedOf, taskGroups } from './tasks.js';
import { say } from './words.js';

const { urls, user } = config;
const press = (selector, call) => document.querySelectorAll(selector).forEach((element) => {
  element.addEventListener('click', call);
});

async function start() {
  const screens = createScreens(byId('app'));
  const place = createPlace({ geolocation: navigator.geolocation, datum: config.datum });
  const router = createRouter({ get: ask, url: urls.route });
  startSunlight(byId('sunlight'));
  startPlaceLines(place, router);
  place.start();

  const outbox = await queue();
  const done = createDone(outbox);
  const report = reporting({ place, router, outbox, screens, done });
  const placeMap = startPlaceMap({ place, router, get: ask, config, screens });
  const { tabs, open } = watching({ screens, outbox, placeMap });
  outbox.listen(() => drawQueue(byId('queue'), outbox, open));
  mountBell(byId('bell'), config.bell);
  followLinks(open);

  press('[data-back]', screens.back);
  press('[data-home]', screens.home);
  press('[data-place] button', () => screens.open('map'));
  press('#done-mine', () => {
    screens.home();
    tabs.show('mine');
  });
  press('#queue-state', () => tabs.show('mine'));
  if (!config.reports) tabs.only('tasks');

  outbox.flush({ hurry: true });
  await introduce({ username: user.username, url: urls.me, ask, know: report.know });
}

/** The outbox, and every occasion to send: start, button, network back, page in view again. */
async function queue() {
  const store = await openStore().catch(memoryStore);
  byId('not-lasting').hidden = store.lasting;
  const deliver = courier({ post, put, urls, store });
  const outbox = createOutbox({ store, deliver, owner: user.username });
  startHeader(outbox);
  outbox.listen(({ counts }) => { if (counts.needsLogin) signedOut(true); });
  window.addEventListener('online', () => outbox.flush({ hurry: true }));
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) outbox.flush({ hurry: true });
  });
  return outbox;
}

/** 拍照, the form, and the choice of a category. */
function reporting({ place, router, outbox, screens, done }) {
  const picker = createPicker({
    chips: byId('chips'), list: byId('type-list'), search: byId('type-search'), owner: user.username, choose,
  });
  const report = createReport({
    place, router, outbox, picker, screens,
    similar: createSimilar({ get: ask, url: urls.similar }),
    kept(entry) {
      screens.swap('done');
      done.show(entry);
    },
    async merged(known, draft) {
      const held = await done.merged(known, draft);
      screens.swap('done');
      return held;
    },
  });

  function choose(category) {
    report.choose(category);
    if (screens.current() === 'types') screens.back();
  }

  document.querySelectorAll('[data-photo]').forEach((input) => {
    const take = () => {
      Array.from(input.files).forEach((file) => report.begin(file, input.dataset.photo === 'after'));
      input.value = '';   // the same picture may be chosen again
    };
    input.addEventListener('change', take);
    take();               // on a slow line people are faster than this script
  });
  press('#no-photo, #resume', () => report.begin());
  press('#discard', report.discard);
  press('#all-types', () => {
    screens.open('types');
    picker.drawList();
  });

  return {
    know(me) {
      picker.fill(me.categories);
      report.draw();
    },
  };
}

/** 我的上报 and 我的任务, and one incident in full. */
function watching({ screens, outbox, placeMap }) {
  const shared = { get: ask, stale: say('list.offline'), open };
  const lists = {
    mine: createList({ ...shared, target: byId('mine'), url: urls.reports, empty: say('mine.empty') }),
    tasks: createList({
      ...shared, target: byId('tasks'), url: urls.tasks, empty: say('tasks.empty'), groups: (rows) => taskGroups(rows, say), heard: count,
    }),
  };
  const tabs = createTabs(byId('app'), (name) => {
    if (!lists[name]) return;
    lists[name].refresh();
    detail().catch(() => {});   // on its way while people look at the list
  });
  let loading = null;

  /** The one incident's own code, fetched when it is likely to be needed. */
  function detail() {
    loading = loading || import('./detail.js').then(({ createDetail }) => createDetail({
      target: byId('detail'), more: byId('deeds-list'), get: ask, outbox, screens, placeMap, changed: refresh,
      geolocation: navigator.geolocation, prepare,
    }));
    loading.catch(() => { loading = null; });
    return loading;
  }

  async function open(id) {
    screens.open('detail');
    try {
      (await detail()).open(id);
    } catch (error) {
      console.error(error);
      fill(byId('detail'), el('p', { class: 'empty' }, say('detail.offline')));
    }
  }

  function refresh() {
    Object.values(lists).forEach((list) => list.refresh());
  }

  /** How many tasks wait, on the tab. */
  function count(rows) {
    const waiting = askedOf(rows);
    byId('task-count').hidden = !waiting;
    byId('task-count').textContent = waiting;
  }

  outbox.listen(({ receipt }) => receipt && lists.mine.refresh());
  lists.tasks.refresh();
  return { tabs, open };
}

/** A photo of a deed: shrunk, and named by its bytes. */
async function prepare(file) {
  const { bytes, type } = await shrink(file);
  return { bytes, type, sha256: await sha256(bytes) };
}

start();
