/** The command centre: makes the parts and joins them. What is chosen lives in desk.js. */
import { get } from '../shared/api.js';
import { mountBell } from '../shared/bell.js';
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { createAfter } from './after.js';
import { Chart } from './chart.js';
import { ServerClock } from './clock.js';
import { createCrosshair } from './crosshair.js';
import { Desk } from './desk.js';
import { Drawer } from './drawer.js';
import { locate, prepare } from './evidence.js';
import { createFigures } from './figures.js';
import { readHash, writeHash } from './hash.js';
import { listenToKeys } from './keys.js';
import { createLightbox } from './lightbox.js';
import { createListHead } from './listhead.js';
import { createFeed } from './live.js';
import { createPage } from './page.js';
import { createStatus } from './status.js';
import { Store } from './store.js';
import { AreaTree } from './tally.js';
import { createTicker } from './ticker.js';
import { createToast } from './toast.js';
import { say } from './words.js';

const WORDS_MS = 15000;    // how often '5 minutes ago' is looked at again
const RETRY_MS = 5000;

const asked = readHash(window.location.hash);
const store = new Store();
const clock = new ServerClock();

const chart = new Chart(config, {
  map: byId('map'), buttons: byId('map-buttons'), legend: byId('legend'), layers: byId('layers'),
  list: byId('panel'), drawer: byId('drawer'), strip: byId('strip'),
}, {
  incident: (id) => desk.select(id),
  area: (area) => desk.selectArea(area),
  states: (states) => desk.filter({ states }),
  moved: () => remember(),
}, asked);

const drawer = new Drawer(byId('drawer'), {
  tree: () => desk.tree,
  now: () => clock.now(),
  openPhotos: createLightbox(byId('photo')),
  onFacts: (incident) => desk.learn(incident),
  onShow: (row) => chart.goTo(row, { closer: true }),
  open: (id) => desk.select(id),
  form: { prepare, locate, pick: createCrosshair(chart, byId('deed')) },
  onDeed: createAfter({
    toast: createToast(byId('toast')),
    take(incident, words) {
      desk.learn(incident);
      drawer.take(incident, words);
    },
    leave: (id) => desk.leave(id),
  }),
  close: () => desk.select(null),
});

const desk = new Desk({
  store,
  clock,
  chart,
  figures: createFigures(byId('figures'), (figure) => desk.filter({ figure })),
  ticker: createTicker({ list: byId('list'), queue: byId('queue'), more: byId('more') },
    (id, how) => desk.select(id, how)),
  drawer,
  head: createListHead(() => {
    byId('search').value = '';
    desk.clearFilter();
  }),
  announce: (row) => {
    byId('announce').textContent = say('list.fresh', {
      category: row.category_name, area: row.area_name || say('list.no_area'),
    });
  },
  moved: () => remember(),
});

// -- the URL remembers the view -----------------------------------------------------------------

function remember() {
  const hash = writeHash({ ...chart.where(), selected: desk.selected });
  window.history.replaceState(window.history.state, '', hash);
}

window.addEventListener('hashchange', () => {
  const wanted = readHash(window.location.hash);
  if (!wanted) return;
  chart.look(wanted);
  desk.select(wanted.selected, { move: false });
});

// -- the page around the map --------------------------------------------------------------------

const page = createPage(() => {
  chart.repaint();
  desk.draw();
});
byId('home').addEventListener('click', () => chart.home());
byId('search').addEventListener('input', (event) => desk.filter({ text: event.target.value }));
byId('order').addEventListener('change', (event) => desk.filter({ order: event.target.value }));
byId('area-chip').addEventListener('click', () => desk.select(null));
listenToKeys({
  j: () => desk.step(1),
  k: () => desk.step(-1),
  '/': page.search,
  '?': page.help,
  f: page.toggleFull,
  h: () => chart.home(),
  Escape: () => page.leaveSearch() || page.shutLayers() || desk.select(null),
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
document.addEventListener('visibilitychange', () => feed.poke());

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

feed.start();
loadAreas().then(drawAreas);
setInterval(() => desk.tick(), WORDS_MS);
