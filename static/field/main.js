/** The phone page: makes the parts and connects them. */
import { mountBell } from '../shared/bell.js';
import { config } from '../shared/config.js';
import { byId, el, fill } from '../shared/dom.js';
import { createDone } from './done.js';
import { remembered } from './kept.js';
import { openLedger } from './ledger.js';
import { followLinks } from './link.js';
import { createList } from './list.js';
import { introduce } from './me.js';
import { goOffline } from './offline.js';
import { createPending } from './pending.js';
import { createPicker } from './picker.js';
import { createPlace } from './place.js';
import { startPlaceLines } from './placeline.js';
import { startPlaceMap } from './placemap.js';
import { startReceiver } from './receiver.js';
import { createReport } from './report.js';
import { createRouter } from './route.js';
import { createScreens } from './screens.js';
import { ask } from './session.js';
import { createSimilar } from './similar.js';
import { startSunlight } from './sunlight.js';
import { createTabs } from './tabs.js';
import { askedOf, taskGroups } from './tasks.js';
import { createUnfinished } from './unfinished.js';
import { isOf, moveIn } from './whose.js';
import { say } from './words.js';

const { urls, user } = config;
const press = (selector, call) => document.querySelectorAll(selector).forEach((element) => {
  element.addEventListener('click', call);
});

async function start() {
  if (!isOf(config.whose)) {
    turnAway();
    return;
  }
  const screens = createScreens(byId('app'));
  const place = createPlace({ geolocation: navigator.geolocation, datum: config.datum });
  const router = createRouter({ get: ask, url: urls.route });
  startSunlight(byId('sunlight'));
  startPlaceLines(place, router);
  startReceiver({ place, screens, home: document.querySelector('[data-panel=report]'), page: document });

  const owner = user.username;
  const { store, outbox } = await openLedger({ urls, owner });
  await moveIn(owner);
  const carried = goOffline({ config, owner, outbox, screens });
  const unfinished = createUnfinished({ store, owner, outbox, screens });
  const report = await reporting({ place, router, store, outbox, screens, unfinished });
  const placeMap = startPlaceMap({ place, router, get: ask, config, screens });
  const { tabs, open } = watching({ screens, store, outbox, placeMap, carried });
  unfinished.follow(open);
  dutyWhenNeeded(byId('duty'));
  queueWhenNeeded({ screens, parts: { store, owner, outbox, open, edit: unfinished.edit, all: byId('save-out') } });
  mountBell(byId('bell'), config.bell);
  followLinks(open);

  press('[data-back]', screens.back);
  press('[data-home]', screens.home);
  press('[data-place] [data-change]', () => screens.open('map'));
  press('#done-mine', () => {
    screens.home();
    tabs.show('mine');
  });
  press('#queue-state', () => tabs.show('mine'));
  if (!config.reports) tabs.only('tasks');

  outbox.flush({ hurry: true });
  await carried.pack.ready;
  await introduce({ username: user.username, url: urls.me, ask, know: report.know });
}

/** The queue's own code is on its way while people fill in a form, or as soon as something waits. */
function queueWhenNeeded({ screens, parts }) {
  let loading = null;
  function load() {
    loading = loading || import('./queue.js').then(({ startQueue }) => startQueue(byId('queue'), parts));
    loading.catch(() => { loading = null; });
  }

  screens.listen((name) => { if (name === 'form' || name === 'deed') load(); });
  parts.outbox.listen(({ counts }) => { if (counts.waiting || counts.stuck) load(); });
}

/** Emergency duty is rare: its code comes when its switch is looked at, or was left on. */
function dutyWhenNeeded(box) {
  if (!box) return;
  const load = () => import('./duty.js').then(({ startDuty }) => startDuty({
    box, input: box.querySelector('input'), status: box.querySelector('[role=status]'), url: urls.duty, datum: config.datum, geolocation: navigator.geolocation,
  }));
  if (remembered('duty', false)) load();
  else box.addEventListener('toggle', load, { once: true });
}

/** 拍照, the form, and the choice of a category. */
async function reporting({ place, router, store, outbox, screens, unfinished }) {
  const done = createDone(outbox);
  const picker = createPicker({
    chips: byId('chips'), list: byId('type-list'), search: byId('type-search'), found: byId('types-found'),
    owner: user.username, choose,
  });
  const report = createReport({
    store, owner: user.username, place, router, outbox, picker, screens, shown: unfinished.shown,
    similar: createSimilar({ get: ask, url: urls.similar }),
    kept(entry) {
      screens.swap('done');
      done.show(entry);
    },
    async merged(known, draft, row) {
      const held = await done.merged(known, draft, row);
      screens.swap('done');
      return held;
    },
  });

  function choose(category) {
    report.choose(category);
    if (screens.current() === 'types') screens.back();
  }

  await unfinished.start(report);   // before a new one could take the place of the old
  document.querySelectorAll('[data-photo]').forEach((input) => {
    const take = () => {
      Array.from(input.files).forEach((file) => report.begin(file, input.dataset.photo === 'after'));
      input.value = '';   // the same picture may be chosen again
    };
    input.addEventListener('change', take);
    input.addEventListener('click', report.flush);   // the camera may push this page out of memory
    take();               // on a slow line people are faster than this script
  });
  press('#no-photo, #resume', () => report.begin());
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
function watching({ screens, store, outbox, placeMap, carried }) {
  const { held, at } = carried;
  const pending = createPending(outbox);
  const shared = { get: ask, held, at, waits: pending.of, stale: say('list.offline'), open };
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
      target: byId('detail'), more: byId('deeds-list'), ask, get: carried.read, held, at, pending, outbox,
      screens, placeMap, changed: refresh, geolocation: navigator.geolocation, store, owner: user.username,
    }));
    loading.catch(() => { loading = null; });
    return loading;
  }

  /** @param {?string} deed whose form is opened at once, if it may still be done */
  async function open(id, deed = null) {
    screens.open('detail');
    try {
      (await detail()).open(id, deed);
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
  pending.listen(() => Object.values(lists).forEach((list) => list.draw()));
  carried.pack.ready.then(lists.tasks.refresh);
  return { tabs, open };
}

/** A page that was kept for somebody else shows nothing of theirs. */
function turnAway() {
  fill(byId('app'), el('p', { class: 'notice', 'data-kind': 'warn', role: 'alert' },
    say('start.not_yours'), ' ', el('a', { href: urls.login }, say('start.login'))));
}

start();
