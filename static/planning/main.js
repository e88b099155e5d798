/** The planner's page: makes the parts and joins them. What is asked lives in desk.js. */
import { Refused } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId, el, fill, icon } from '../shared/dom.js';
import * as asks from './asks.js';
import { createCard } from './card.js';
import { createChart } from './chart.js';
import { createControls } from './controls.js';
import { createDesk } from './desk.js';
import { EMPTY, isEmpty, same } from './draft.js';
import { complain, hush, teach } from './empty.js';
import { readHash, writeHash } from './hash.js';
import { createHeadline } from './headline.js';
import { createLegend } from './legend.js';
import { createPlan } from './plan.js';
import { createScenarios } from './scenarios.js';
import { createTable } from './table.js';
import { createTabs } from './tabs.js';
import { say } from './words.js';

async function begin() {
  hush(byId('empty'));
  const start = await asks.start().catch((error) => {
    complain(byId('empty'), error, begin);
    return null;
  });
  if (!start) return;
  if (start.networks.length) open(start, readHash(window.location.hash));
  else {
    teach(byId('empty'), 'network');
    document.body.dataset.ready = 'empty';
  }
}

function open(start, wanted) {
  const held = { current: null, list: start.scenarios };
  const networkOf = (name) => start.networks.find((each) => each.name === name) || start.networks[0];
  const first = start.categories.find((each) => each.facilities) || { code: 'all' };
  const asked = {
    category: first.code, minutes: start.defaults.minutes, speed: start.defaults.speed, gates: 'open',
    shown: 'walk', circleM: start.defaults.circle_m, ...wanted.asked,
  };
  asked.network = networkOf(asked.network).name;

  const chart = createChart({ ...config, bounds: networkOf(asked.network).extent }, { map: byId('map'), legend: byId('legend') }, {
    moved: () => { remember(); desk.askStreets(); },
    click: (place) => desk.walkFrom(place),
    facility: (it) => desk.facility(it),
    held: (id, place) => desk.hold(id, place),
    put: (id, place) => desk.put(id, place),
    gone: (id) => desk.take(id),
    suggested: (site) => desk.adopt(site),
    title: () => say('plan.candidate'),
  }, wanted.look);

  const closeCard = () => {
    card.hide();
    chart.way(null);
    chart.reached(null);
  };
  const card = createCard(byId('card'), {
    close: closeCard,
    way: (way) => chart.way(way.path && { lon: way.path.coordinates[0][0], lat: way.path.coordinates[0][1] }, way.path),
  });
  const putInMiddle = () => desk.putNew(chart.center()).then((id) => chart.focusCandidate(id));
  const plan = createPlan(byId('plan'), byId('ghost'), {
    at: (event) => chart.placeAt(event),
    held: (place) => desk.holdNew(place),
    put: (place) => desk.putNew(place),
    away: () => desk.letGo(),
    press: putInMiddle,
    undo: () => desk.undo(),
    redo: () => desk.redo(),
    clear: () => desk.clear(),
    suggest: (count) => desk.suggest(count),
    adopt: (site) => desk.adopt(site),
    adoptAll: () => desk.adoptAll(),
    exact: (count) => desk.exact(count),
    take: (id) => desk.take(id),
    back: (code) => desk.toggle(code),
    show: ({ lon, lat }) => chart.fit([lon - 0.004, lat - 0.003, lon + 0.004, lat + 0.003]),
  });
  const table = createTable(byId('areas'), async (row) => {
    chart.fit(row.bounds);
    chart.outline(await asks.outline(row).catch(() => null));
  });
  const scenarios = createScenarios(byId('scenarios'), byId('dialog'), config.user.username, {
    open: (id) => openScenario(id),
    save: (what) => told(save(what)),
    share: () => told(share()),
    drop: () => told(drop()),
    compare: asks.compare,
  });
  const desk = createDesk(start, asked, wanted.draft || EMPTY, {
    chart, card, plan, table,
    empty: byId('empty'),
    runs: config.urls.runs,
    controls: createControls(byId('controls'), start, (fields) => {
      if (fields.network) chart.fit(networkOf(fields.network).extent);
      desk.change(fields);
    }),
    headline: createHeadline(byId('headline')),
    legend: createLegend(byId('legend')),
    busy(yes) {
      document.body.dataset.ready = yes ? 'no' : 'yes';
      byId('panel').setAttribute('aria-busy', yes);
    },
    links(now, draft) {
      ['areas_csv', 'areas_xlsx'].forEach((kind) => { byId(kind).href = asks.tableUrl(kind, now, draft); });
      byId('basis').textContent = say('head.basis', { network: now.network, version: networkOf(now.network).version.slice(0, 8), speed: now.speed });
      byId('sparse').hidden = !networkOf(now.network).sparse;
    },
    remember: () => remember(),
  });

  // -- the URL remembers the view, a scenario holds a draft ----------------------------------------

  const isKept = () => Boolean(held.current) && same(asks.asHeld(held.current.content).draft, desk.draft());

  function remember() {
    const kept = isKept();
    const hash = writeHash({
      look: chart.where(), asked: desk.asked(), scenario: held.current && held.current.id, draft: kept ? null : desk.draft(),
    });
    window.history.replaceState(window.history.state, '', hash);
    scenarios.draw({ ...held, dirty: held.current ? !kept : !isEmpty(desk.draft()) });
  }

  async function openScenario(id, draft = null) {
    try {
      held.current = id ? await asks.scenario(id) : null;
    } catch (error) {
      scenarios.tell(error.message);
      held.current = null;
    }
    if (!held.current) {
      if (!draft) desk.load({ asked: {}, draft: EMPTY });
      return;
    }
    const { asked: how, draft: kept } = asks.asHeld(held.current.content);
    desk.load({ asked: { ...how, network: held.current.network }, draft: draft || kept });
  }

  async function save({ name, over }) {
    const { id, version } = over ? held.current : {};
    held.current = await asks.keep({ id, version, name }, desk.asked(), desk.draft());
    held.list = (await asks.scenarios()).items;
    remember();
    return say('scenario.saved', { name });
  }

  async function share() {
    remember();
    try {
      await navigator.clipboard.writeText(window.location.href);
      return say('scenario.copied');
    } catch {
      return window.location.href;   // an unsafe origin has no clipboard: the link itself, to copy
    }
  }

  async function drop() {
    await asks.drop(held.current.id);
    held.current = null;
    held.list = (await asks.scenarios()).items;
    remember();
    return say('scenario.dropped');
  }

  async function told(deed) {
    try {
      scenarios.tell(await deed);
    } catch (error) {
      scenarios.tell(error instanceof Refused ? error.message : say('state.offline'));
    }
  }

  // -- keys, the divider, the connection ------------------------------------------------------------

  document.addEventListener('keydown', (event) => {
    const typing = /^(input|textarea|select)$/i.test(event.target.tagName) && event.target.type !== 'radio';
    if (byId('dialog').open || typing) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (key === 'z' || key === 'y')) {
      event.preventDefault();
      if (key === 'y' || event.shiftKey) desk.redo();
      else desk.undo();
    } else if (key === 'escape') closeCard();
  });
  const showTab = createTabs(byId('tabs'));
  byId('swipe').addEventListener('input', (event) => chart.swipe(Number(event.target.value) / 100));
  byId('controls').addEventListener('change', () => { byId('divider').hidden = desk.asked().shown !== 'both'; });
  window.addEventListener('online', () => { chart.retry(); desk.refresh(); });
  window.addEventListener('offline', () => complain(byId('empty'), new Error('offline'), () => desk.refresh()));
  fill(byId('sparse'), icon('warn'), el('span', {}, say('state.sparse')));

  byId('divider').hidden = asked.shown !== 'both';
  chart.show(asked.shown);
  scenarios.draw({ ...held, dirty: false });
  if (wanted.scenario || wanted.draft) showTab('tab-try');
  if (wanted.scenario) openScenario(wanted.scenario, wanted.draft);
  else desk.refresh();
}

begin();
