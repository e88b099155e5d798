/** The command centre: makes the parts and joins them. What is chosen lives in desk.js. */
import { get } from '../shared/api.js';
import { mountBell } from '../shared/bell.js';
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { createAfter } from './after.js';
import { createAlarm } from './alarm.js';
import { ask } from './ask.js';
import { createAtOnce } from './atonce.js';
import { createBulk } from './bulk.js';
import { Chart } from './chart.js';
import { createChips } from './chips.js';
import { ServerClock } from './clock.js';
import { createCrosshair } from './crosshair.js';
import { DEEDS_OF } from './deedkeys.js';
import { Desk } from './desk.js';
import { Drawer } from './drawer.js';
import { locate, prepare } from './evidence.js';
import { createFigures } from './figures.js';
import { createFilterBar } from './filterbar.js';
import { createHabits } from './habits.js';
import { readHash, writeHash } from './hash.js';
import { listenToKeys } from './keys.js';
import { createKnown } from './known.js';
import { createLasso } from './lasso.js';
import { createLightbox } from './lightbox.js';
import { createListHead } from './listhead.js';
import { createFeed } from './live.js';
import { OnCall } from './oncall.js';
import { createPage } from './page.js';
import { Past } from './past.js';
import { createQueues } from './queues.js';
import { createReplay } from './replay.js';
import { createRoster } from './roster.js';
import { createStatus } from './status.js';
import { Store } from './store.js';
import { AreaTree } from './tally.js';
import { createTicker } from './ticker.js';
import { createToast } from './toast.js';
import { createViewMenu } from './viewmenu.js';
import { say } from './words.js';

const WORDS_MS = 15000;    // how often '5 minutes ago' is looked at again
const RETRY_MS = 5000;

const asked = readHash(window.location.hash);
const store = new Store();
const clock = new ServerClock();
const toast = createToast(byId('toast'));
const known = createKnown(config, () => desk.tree);
const past = new Past((query) => get(`${config.urls.sought}?${query}`), () => desk.draw());

const chart = new Chart(config, {
  map: byId('map'), buttons: byId('map-buttons'), legend: byId('legend'), layers: byId('layers'),
  list: byId('panel'), drawer: byId('drawer'), strip: byId('strip'),
}, {
  incident: (id) => desk.select(id),
  area: (area) => desk.selectArea(area),
  onCall: ({ areas }) => desk.select(`area:${areas[0]}`, { move: false }),
  states: (shown) => desk.filter({ shown }),
  moved: () => remember(),
}, asked);

const onCall = new OnCall(() => get(config.urls.on_call), (others) => {
  chart.drawOnCall(onCall.people, clock.now());
  if (others) desk.draw();
});

// -- deeds ---------------------------------------------------------------------------------------

const form = { prepare, locate, pick: createCrosshair(chart, byId('deed')), habits: createHabits(window.localStorage) };
const askFor = (deed, incident) => ask(byId('deed'), incident, deed, { form, done: onDeed });
const onDeed = createAfter({
  toast: toast.show,
  take(incident, words) {
    desk.learn(incident);
    drawer.take(incident, words);
  },
  leave: (id) => desk.leave(id),
  redispatch: (incident) => askFor('dispatch', incident),
});
const atOnce = createAtOnce({
  done: onDeed,
  failed(incident, words) {
    if (!drawer.complain(incident.id, words)) toast.show(`${incident.number} ${words}`);
  },
  ask: (deed, incident) => askFor(deed, incident),
  changed: (id) => drawer.busy(id),
});

const drawer = new Drawer(byId('drawer'), {
  tree: () => desk.tree,
  now: () => clock.now(),
  onCall: () => onCall.people,
  openPhotos: createLightbox(byId('photo')),
  onFacts: (incident) => desk.learn(incident),
  onShow: (row) => chart.goTo(row, { closer: true }),
  open: (id) => desk.select(id),
  form,
  onDeed,
  atOnce,
  close: () => desk.select(null),
});

const conditions = createFilterBar({ button: byId('filter'), panel: byId('conditions') }, known, (change) => desk.filter(change));

const desk = new Desk({
  store,
  past,
  clock,
  chart,
  known,
  conditions,
  figures: createFigures(byId('figures'), (queue) => desk.filter({ queue })),
  queues: createQueues(byId('queues'), (queue) => desk.filter({ queue })),
  chips: createChips(byId('chips'), known, (change) => {
    if ('q' in change) byId('search').value = change.q;
    desk.filter(change);
  }),
  ticker: createTicker({ list: byId('list'), queue: byId('queue'), more: byId('more') },
    (id, how) => desk.select(id, how), () => past.more()),
  drawer,
  head: createListHead({
    clear() {
      byId('search').value = '';
      desk.clearFilter();
    },
    again: () => past.more(),
  }),
  announce: (row) => {
    byId('announce').textContent = say('list.fresh', {
      category: row.category_name, area: row.area_name || say('list.no_area'),
    });
  },
  alarm: createAlarm({ banner: byId('alarm'), button: byId('mute') }, (id) => desk.select(id)),
  moved: (step) => remember(step),
});

// -- the URL remembers the view -----------------------------------------------------------------

const here = () => writeHash({ ...chart.where(), selected: desk.selected, query: desk.query });

/** Write the view into the address; a step is one that the browser's Back undoes. */
function remember(step = false) {
  const hash = here();
  if (hash === window.location.hash) return;
  if (step) window.history.pushState(null, '', hash);
  else window.history.replaceState(window.history.state, '', hash);
}

function follow() {
  const wanted = readHash(window.location.hash);
  if (!wanted) return;
  chart.look(wanted);
  use(wanted);
  desk.select(wanted.selected, { move: false });
}

function use({ query }) {
  desk.useQuery(query);
  byId('search').value = new URLSearchParams(query || '').get('q') || '';
}

window.addEventListener('popstate', follow);
if (asked) use(asked);

// -- the page around the map --------------------------------------------------------------------

const page = createPage(() => {
  chart.repaint();
  desk.draw();
});
const views = createViewMenu({ button: byId('views-button'), panel: byId('views') }, {
  here,
  toast: toast.show,
  go(hash) {
    window.history.pushState(null, '', hash);
    follow();
  },
});
const replay = createReplay({ button: byId('replay-button'), bar: byId('replay') }, {
  now: () => clock.now(), area: () => desk.areaCode, show: (moment) => desk.showMoment(moment),
});
const openRoster = createRoster(byId('roster'), {
  now: () => clock.now(),
  show(place) {
    chart.goTo(place, { closer: true });
    chart.pulse(place);
  },
});
const openBulk = createBulk(byId('bulk-dialog'), { learn: (incident) => desk.learn(incident), habits: form.habits });
const drawOnMap = createLasso(byId('ground'), (point) => chart.placeAt(point));

async function selectByShape(kind) {
  const within = await drawOnMap(kind);
  byId(`${kind}-button`).focus();
  if (within) desk.filter({ within });
}

byId('home').addEventListener('click', () => chart.home());
byId('box-button').addEventListener('click', () => selectByShape('box'));
byId('polygon-button').addEventListener('click', () => selectByShape('polygon'));
byId('bulk').addEventListener('click', () => openBulk(desk.listed));
byId('roster-button').addEventListener('click', openRoster);
byId('search').addEventListener('input', (event) => desk.filter({ q: event.target.value }));
byId('order').addEventListener('change', (event) => desk.filter({ order: event.target.value }));
byId('area-chip').addEventListener('click', () => desk.select(null));

const deedKeys = Object.fromEntries(Object.entries(DEEDS_OF).map(([key, deeds]) => (
  // A letter that is held down is one press.
  [key, (event) => event.repeat || deeds.some((deed) => drawer.press(deed))])));
const optionKeys = Object.fromEntries(Object.entries(DEEDS_OF).map(([key, deeds]) => (
  [key.toUpperCase(), () => deeds.some((deed) => drawer.askFor(deed))])));
listenToKeys({
  ...deedKeys,
  ...optionKeys,
  z: () => toast.undo(),
  j: () => desk.step(1),
  k: () => desk.step(-1),
  '/': page.search,
  '?': page.help,
  f: page.toggleFull,
  h: () => chart.home(),
  b: () => byId('bulk').click(),
  i: () => byId('filter').click(),
  Escape: () => page.leaveSearch() || page.shutLayers() || conditions.shut() || views.shut() || replay.leave() || desk.select(null),
});

// -- the feed ------------------------------------------------------------------------------------

const bell = mountBell(byId('bell'), config.bell);
const showStatus = createStatus({ status: byId('status'), banner: byId('banner') }, config.urls.login);
const feed = createFeed({
  store,
  clock,
  onChange(changes) {
    document.body.dataset.ready = 'yes';
    desk.changed(changes);
    bell.soon();
  },
  onStatus(status, heardAt) {
    const back = document.body.dataset.live === 'stale' && status !== 'stale';
    showStatus(status, heardAt);
    if (back) chart.retry();
  },
});
document.addEventListener('visibilitychange', () => {
  feed.poke();
  onCall.tick();
});

/** The areas, tried again until they come; meanwhile the banner says that the server is away. */
async function loadAreas() {
  try {
    return (await get(config.urls.areas)).features;
  } catch {
    await new Promise((done) => { setTimeout(done, RETRY_MS); });
    return loadAreas();
  }
}

function drawAreas(features) {
  const tree = new AreaTree(features.map((feature) => feature.properties));
  chart.setAreas(tree, features);
  byId('layers-button').disabled = false;
  desk.setAreas(tree, asked && asked.selected);
}

/** Without an address of its own the page opens with the reader's default view, if they keep one. */
async function openDefault() {
  const hash = await views.start();
  if (!hash || desk.selected || desk.query !== null) return;    // somebody was quicker
  window.history.replaceState(window.history.state, '', hash);
  follow();
}

if (!asked) openDefault();
feed.start();
loadAreas().then(drawAreas);
onCall.tick();
setInterval(() => {
  desk.tick();
  onCall.tick();
}, WORDS_MS);
