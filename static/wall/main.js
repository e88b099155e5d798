/**
 * The wall: figures without names, area by area, for as long as somebody leaves it on. The stream
 * only rings; the figures come from the server each time, so nothing piles up here.
 */
import { get, withQuery } from '../shared/api.js';
import { byId, fill } from '../shared/dom.js';
import { config } from '../shared/config.js';
import { Feed } from '../shared/feed.js';
import { ServerClock } from '../command/clock.js';
import { createSource, outlinesOf } from '../figures/source.js';
import { clockFace, words } from '../figures/told.js';
import { draw, drawMap } from './panels.js';
import { nextArea, readSetting } from './setting.js';

const RUNG_MS = 2000;      // after a change the figures are fetched, at most so often
const LOOK_MS = 30000;     // and without one, because deadlines pass by themselves
const LOGIN_MS = 15000;    // somebody may have logged in again in another window
const ASKED_MS = 10000;

const setting = readSetting(window.location.search);
const clock = new ServerClock();
let area = setting.area;
let shown = null;          // the area whose shapes are drawn
let round = [''];          // what is shown in turn: the whole first
let timer = 0;
let turning = 0;
let drawn = 0;

/** The feed's copy of the log: how far it has come. A change says only that there is something new. */
const store = {
  sequence: 0,
  replace({ sequence }) { store.sequence = sequence; },
  apply({ sequence }) {
    if (sequence <= store.sequence) return null;
    store.sequence = sequence;
    return { sequence };
  },
};

const figuresOf = createSource();

const feed = new Feed({
  store,
  clock,
  loadSnapshot: async () => {
    const figures = await figuresOf(area);
    await show(figures);
    return figures;
  },
  loadEvents: (after, scope) => get(withQuery(config.urls.events, { after, scope }), ASKED_MS),
  openStream: (after, scope) => new EventSource(withQuery(streamUrl(), { after, scope }), { withCredentials: true }),
  onChange: (changes) => { if (changes) later(RUNG_MS); },
  onStatus: tell,
});

/** Draw an area's figures; its shapes only when it is another one than before. */
async function show(figures) {
  const asked = area;
  if (shown !== asked) {
    const outlines = await outlinesOf(asked);
    if (asked !== area) return;
    drawMap(outlines);
    shown = asked;
  }
  if (asked === setting.area) round = [setting.area, ...figures.areas.map(({ code }) => code)];
  draw(figures);
  drawn += 1;
  document.body.dataset.drawn = drawn;
  later(LOOK_MS);
}

/** Fetch the figures again after so long, or sooner when that is already due sooner. */
let due = Infinity;
function later(ms) {
  const at = Date.now() + ms;
  if (due > Date.now() && due <= at) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(refresh, ms);
}

async function refresh() {
  due = Infinity;
  const asked = area;
  try {
    const figures = await figuresOf(asked);
    if (asked === area) await show(figures);
  } catch {
    later(RUNG_MS);   // the feed says how old the picture is, and ends what has no login
  }
}

// -- area by area -----------------------------------------------------------------------------

function turn() {
  clearTimeout(turning);
  const paused = document.body.dataset.turning !== 'yes';
  byId('pause').setAttribute('aria-pressed', paused);
  byId('pause').textContent = words(paused ? 'go_on' : 'pause');
  if (paused) return;
  // Drawn anew so that its animation starts again: the mark of how long this area still stays.
  const mark = byId('turn');
  mark.replaceWith(mark.cloneNode());
  turning = setTimeout(() => {
    area = nextArea(round, area);
    due = Infinity;
    later(0);
    turn();
  }, setting.seconds * 1000);
}

function pause() {
  document.body.dataset.turning = document.body.dataset.turning === 'yes' ? 'no' : 'yes';
  turn();
}

// -- how fresh it is --------------------------------------------------------------------------

function tell(status, heardAt) {
  document.body.dataset.live = status;
  const time = heardAt ? clockFace(heardAt) : '–';
  byId('as-of').textContent = words(status === 'stale' || status === 'signed_out' ? 'stopped' : 'as_of', { time });
  const out = status === 'signed_out';
  if (byId('login').hidden === out) {
    byId('login').hidden = !out;
    if (out) setTimeout(() => feed.start(), LOGIN_MS);
  }
}

function streamUrl() {
  const { port, path } = config.live;
  return port ? `${window.location.protocol}//${window.location.hostname}:${port}${path}` : path;
}

document.documentElement.style.setProperty('--columns', setting.columns);
document.documentElement.style.setProperty('--rows', setting.rows);
document.documentElement.style.setProperty('--seconds', `${setting.seconds}s`);
document.body.dataset.tiles = `${setting.columns}x${setting.rows}`;
document.body.dataset.turning = setting.seconds ? 'yes' : 'no';
byId('pause').hidden = !setting.seconds;
byId('pause').addEventListener('click', pause);
byId('login').href = `${config.urls.login}${encodeURIComponent(window.location.search)}`;
window.addEventListener('online', () => feed.poke());
document.addEventListener('visibilitychange', () => feed.poke());
document.addEventListener('keydown', (event) => {
  if (event.key === ' ' && event.target === document.body && setting.seconds) {
    event.preventDefault();
    pause();
  }
});
fill(byId('counts'));
turn();
feed.start();
