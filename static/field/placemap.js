/**
 * Correcting a place: the map moves under a fixed crosshair. Fingers, arrow buttons, arrow keys
 * and 用我的位置 all lead there, so that nobody has to drag (WCAG 2.5.7). Usually it is the report's
 * place; `pick` corrects an incident's, `look` only shows it.
 */
import { byId } from '../shared/dom.js';
import { createRouter } from './route.js';
import { placeWords } from './placewords.js';
import { say } from './words.js';

const STEP_PX = 24;
const CALM_MS = 400;
const ARROWS = { up: [0, -STEP_PX], down: [0, STEP_PX], left: [-STEP_PX, 0], right: [STEP_PX, 0] };

/** @param {Object} parts place, router of the place, get, config, screens */
export function startPlaceMap({ place, router, get, config, screens }) {
  const finder = createRouter({ get, url: config.urls.route });   // asks about what is under the crosshair
  let map = null;
  let aimed = false;     // the crosshair was moved by hand since the map opened
  let calm = null;
  let errand = null;     // {from, resolve, look} while it is about an incident's place

  /** Show the map; its code is fetched the first time. */
  async function open() {
    byId('map-title').textContent = say('map.loading');
    byId('map-detail').textContent = '';
    const looking = Boolean(errand && errand.look);
    byId('map-done').hidden = looking;
    byId('map-mine').hidden = looking;   // no report, no position
    try {
      map = map || await load();
    } catch (error) {
      console.error(error);
      byId('map-title').textContent = say('map.offline');
      return;
    }
    map.fit();
    aim();
  }

  async function load() {
    const { openMap } = await import('./leaflet.js');
    const opened = await openMap(byId('map'), config, { zoomIn: say('map.closer'), zoomOut: say('map.wider') });
    opened.onMoved(moved);
    return opened;
  }

  /** Bring the place under the crosshair; without one, show the whole of my ground. */
  function aim() {
    const mine = converted(place.current(), router.answer());
    const at = errand ? [errand.from.lon, errand.from.lat] : mine;
    if (at) map.moveTo(...at);
    else map.showAll();
    aimed = false;         // Leaflet has just told us of our own move
    const fix = place.measured();
    map.showFix(fix && mine && { ...fix, lon: mine[0], lat: mine[1] });
    if (errand) ask();
    draw();
  }

  /** Ask for the grid once the map has come to rest. */
  function moved() {
    aimed = true;
    clearTimeout(calm);
    calm = setTimeout(ask, CALM_MS);
    draw();
  }

  const ask = () => finder.ask(under());
  const byHand = (lon, lat) => ({ lon, lat, accuracy_m: null, method: 'manual', datum: 'wgs84', at: Date.now() });

  /** What 就是这里 would mean now: null until there is a place or the map was moved. */
  function under() {
    if (aimed) return byHand(...map.centre());
    return errand ? byHand(errand.from.lon, errand.from.lat) : place.current();
  }

  function draw() {
    if (!map || screens.current() !== 'map') return;
    const answer = finder.answer();
    const words = placeWords({
      point: under(), status: place.status(), answer, choice: finder.choice(), now: Date.now(),
    }, say);
    byId('map-title').textContent = words.title;
    byId('map-detail').textContent = errand && !aimed ? say('map.of_incident') : words.detail;
    if (answer) map.showBorders(answer.borders);
  }

  /** News from the receiver while the map is open: follow it, unless people took over. */
  function follow() {
    if (map && !aimed && !errand && screens.current() === 'map') aim();
  }

  function useMine() {
    if (!map) return;
    place.refresh();
    if (errand) {
      const mine = converted(place.measured(), router.answer());
      if (mine) map.moveTo(...mine);
      return;
    }
    aimed = false;
    place.unpin();
    aim();
  }

  function settle() {
    if (!under()) {
      byId('map-detail').textContent = say('map.move_first');
      return;
    }
    if (errand) finish(under());
    else if (aimed) place.pin(...map.centre());
    screens.back();
  }

  /** Open the map for an incident's place {lon, lat}; null when people go back without choosing. */
  function send(from, look) {
    return new Promise((resolve) => {
      errand = { from, resolve, look };
      screens.open('map');
    });
  }

  function finish(picked) {
    const { resolve } = errand;
    errand = null;
    aimed = false;
    resolve(picked);
  }

  screens.listen((name) => {
    if (name === 'map') open();
    else if (errand) finish(null);
  });
  place.listen(follow);
  finder.listen(draw);
  byId('map-mine').addEventListener('click', useMine);
  byId('map-done').addEventListener('click', settle);
  Object.entries(ARROWS).forEach(([name, step]) => {
    byId(`map-${name}`).addEventListener('click', () => map && map.pan(...step));
  });

  return { pick: (from) => send(from, false), look: (from) => send(from, true) };
}

/** A place as [lon, lat] in WGS84: a phone that speaks another datum needs the server's answer. */
function converted(point, answer) {
  if (!point) return null;
  if (point.datum === 'wgs84' || point.datum === 'cgcs2000') return [point.lon, point.lat];
  return answer ? answer.point : null;
}
