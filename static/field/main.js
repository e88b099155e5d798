/** The phone page: makes the parts and connects them. */
import { post, put } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { courier } from './courier.js';
import { openStore } from './db.js';
import { createDetail } from './detail.js';
import { createDone } from './done.js';
import { startHeader } from './header.js';
import { createList } from './list.js';
import { introduce } from './me.js';
import { memoryStore } from './memory.js';
import { createOutbox } from './outbox.js';
import { createPicker } from './picker.js';
import { createPlace } from './place.js';
import { startPlaceLines } from './placeline.js';
import { startPlaceMap } from './placemap.js';
import { drawQueue } from './queue.js';
import { createReport } from './report.js';
import { createRouter } from './route.js';
import { createScreens } from './screens.js';
import { ask, signedOut } from './session.js';
import { startSunlight } from './sunlight.js';
import { createTabs } from './tabs.js';
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
  const lists = watching(screens, outbox);
  startPlaceMap({ place, router, get: ask, config, screens });

  press('[data-back]', screens.back);
  press('[data-home]', screens.home);
  press('[data-place] button', () => screens.open('map'));
  press('#done-mine', () => {
    screens.home();
    lists.show('mine');
  });
  press('#queue-state', () => lists.show('mine'));

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
  outbox.listen(({ counts }) => {
    drawQueue(byId('queue'), outbox);
    if (counts.needsLogin) signedOut(true);
  });
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
    kept(entry) {
      screens.swap('done');
      done.show(entry);
    },
  });

  function choose(category) {
    report.choose(category);
    if (screens.current() === 'types') screens.back();
  }

  document.querySelectorAll('[data-photo]').forEach((input) => {
    const take = () => {
      Array.from(input.files).forEach((file) => report.begin(file));
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
function watching(screens, outbox) {
  const detail = createDetail({ target: byId('detail'), get: ask, changed: refresh });
  const shared = { get: ask, stale: say('list.offline'), open };
  const lists = {
    mine: createList({ ...shared, target: byId('mine'), url: urls.reports, empty: say('mine.empty') }),
    tasks: createList({ ...shared, target: byId('tasks'), url: urls.tasks, empty: say('tasks.empty') }),
  };
  const tabs = createTabs(byId('app'), (name) => lists[name] && lists[name].refresh());

  function open(id) {
    screens.open('detail');
    detail.open(id);
  }

  function refresh() {
    Object.values(lists).forEach((list) => list.refresh());
  }

  outbox.listen(({ receipt }) => receipt && lists.mine.refresh());
  return tabs;
}

start();
