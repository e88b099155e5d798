/** The map with all that lies on it. It draws what it is told and reports what was pointed at. */
import { basemapLayer } from '../shared/basemap.js';
import { createMap, toBounds } from '../shared/leaflet.js';
import { classesOf, classOf } from './classes.js';
import {
  candidates, circles, control, facilityDots, outline, paintedLayer, peopledAreas, placeAt, suggestions, wayLine,
} from './leaflet.js';
import { asCircle, paintCells, paintStreets, palette } from './paint.js';
import { people } from './numbers.js';
import { say } from './words.js';
import { pieces, placed } from './world.js';

const MANY = 60;   // facilities: smaller dots
const NAMED = 8;   // gap areas with a number on them

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * @param {object} config of the page  @param {{map, legend, tools: HTMLElement}} places
 * @param {object} on moved(look) · click(place) · facility(it) · held(id, place) · put(id, place) ·
 *   gone(id) · suggested(site) · title(place)
 */
export function createChart(config, places, on, look) {
  const map = createMap(places.map, {
    bounds: config.bounds,
    view: look,
    attribution: [config.attribution, config.approvalNumber].filter(Boolean).join(' · '),
    titles: { zoomIn: say('map.zoom_in'), zoomOut: say('map.zoom_out') },
    scalePosition: 'bottomleft',
    attributionPosition: 'bottomleft',
  });
  const ground = basemapLayer(config.urls.tiles).addTo(map);
  const state = { cells: null, streets: null, told: null, shown: 'walk', swipe: 0.5, circleM: 1000, draft: { added: [], removed: [] } };
  const painted = paintedLayer(map, draw);
  const round = circles(map);
  const gaps = peopledAreas(map, { color: colour('--walk-hidden'), weight: 1.5, opacity: 0.8, fillOpacity: 0.08 });
  const spread = outline(map, { color: colour('--walk-facility'), weight: 2, fill: true, fillOpacity: 0.14, dashArray: '2 5' });
  const area = outline(map, { color: colour('--accent'), weight: 3 });
  const way = wayLine(map, {
    casing: { color: '#fff', weight: 9, opacity: 0.9 }, line: { color: colour('--accent'), weight: 5 },
  });
  const dots = facilityDots(map, styleOf, on.facility);
  const thought = candidates(map, on);
  const sites = suggestions(map, on.suggested);
  if (places.tools) control(map, places.tools, 'topright');
  control(map, places.legend, 'bottomright');
  map.on('moveend', () => on.moved(where()));
  map.on('click', ({ latlng }) => on.click({ lat: latlng.lat, lon: latlng.wrap().lng }));

  function draw(context, frame) {
    const colours = palette();
    if (state.shown !== 'both') {
      drawOne(context, frame, colours, state.shown);
      return;
    }
    const middle = frame.shift + frame.seen * state.swipe;
    [['circle', 0, middle], ['walk', middle, frame.width - middle]].forEach(([shown, from, width]) => {
      context.save();
      context.beginPath();
      context.rect(from, 0, width, frame.height);
      context.clip();
      drawOne(context, frame, colours, shown);
      context.restore();
    });
    context.fillStyle = colours.edge;
    context.fillRect(middle - 1, 0, 2, frame.height);
  }

  function drawOne(context, frame, colours, shown) {
    if (shown === 'walk' && state.streets) paintStreets(context, frame, state.streets, colours, classOf);
    if (!state.cells) return;
    const circle = shown === 'circle' && state.cells.straight_m;
    paintCells(context, frame, circle ? asCircle(state.cells, state.circleM) : state.cells, colours);
  }

  function styleOf({ code }) {
    const gone = state.draft.removed.includes(code);
    return {
      radius: state.told && state.told.facilities.length > MANY ? 4.5 : 7,
      weight: gone ? 2 : 3,
      color: colour(gone ? '--ink-3' : '--walk-facility'),
      fillColor: colour('--paper'),
      fillOpacity: gone ? 0.5 : 1,
      dashArray: gone ? '3 3' : null,
    };
  }

  function where() {
    const { lat, lng: lon } = map.getCenter();
    return { zoom: map.getZoom(), lat, lon };
  }

  function drawCircles() {
    const standing = state.told ? state.told.facilities.filter(({ code }) => !state.draft.removed.includes(code)) : [];
    const wanted = state.shown === 'walk' ? [] : [...standing, ...state.draft.added];
    round.set(wanted, state.circleM, { color: colour('--walk-facility'), weight: 1.5, opacity: 0.7, fillOpacity: 0.04, dashArray: '6 4' });
  }

  /** Where the people live who cannot walk; the larger areas say how many. */
  function drawGaps() {
    const found = state.told && state.shown === 'walk' ? state.told.gaps : [];
    gaps.set(found, (each) => (found.indexOf(each) < NAMED && say('map.gap', { people: people(each.people) })));
  }

  return {
    where,
    bounds: () => map.getBounds(),
    center: () => { const { lat, lng: lon } = map.getCenter().wrap(); return { lat, lon }; },
    placeAt: (event) => placeAt(map, event),
    fit: (bounds) => map.fitBounds(toBounds(bounds), { padding: [40, 40] }),
    focusCandidate: (id) => thought.focus(id),
    /** What the server told of people and facilities. */
    people(told, { circleM }) {
      const { cells } = told;
      const typical = Math.sqrt(cells.weight.reduce((sum, each) => sum + each, 0) / (cells.weight.length || 1)) || 1;
      const size = 3.4 * Math.min(2.2, Math.max(1, (4000 / (cells.weight.length || 1)) ** 0.25));   // few cells: large ones
      state.told = told;
      state.circleM = circleM;
      state.cells = {
        ...cells,
        ...placed(cells.lon, cells.lat),
        radius: Float32Array.from(cells.weight, (weight) => size * Math.sqrt(weight) / typical),
        classes: classesOf(cells, told.of),
        hidden: cells.straight_m ? Uint8Array.from(cells.straight_m, (metres, k) => (
          cells.verdict[k] === 'g' && metres >= 0 && metres <= circleM ? 1 : 0)) : null,
      };
      dots.set(told.facilities);
      spread.show(null);
      drawCircles();
      drawGaps();
      painted.redraw();
    },
    /** Some cells walk otherwise while a facility is held: {cells: numbers, seconds}. */
    recolour(changed, limitS) {
      if (!state.told || !state.told.cells.seconds) return;
      const seconds = state.told.cells.seconds.slice();
      const letters = Array.from(state.told.cells.verdict);
      changed.cells.forEach((cell, k) => {
        seconds[cell] = changed.seconds[k];
        if (letters[cell] !== 'n') letters[cell] = seconds[cell] >= 0 && seconds[cell] <= limitS ? 'c' : 'g';
      });
      const verdict = letters.join('');
      state.cells = { ...state.cells, verdict, seconds, classes: classesOf({ verdict, seconds }, state.told.of), hidden: null };
      painted.redraw();
    },
    streets(told, speed) {
      state.streets = told && pieces(told, speed);
      painted.redraw();
    },
    draft(draft, category) {
      state.draft = draft;
      thought.set(draft.added.filter((each) => category === 'all' || each.category === category));
      if (state.told) dots.set(state.told.facilities);
      drawCircles();
    },
    show(shown) {
      state.shown = shown;
      drawCircles();
      drawGaps();
      painted.redraw();
    },
    swipe(share) {
      state.swipe = share;
      painted.redraw();
    },
    way: (at, line) => way.show(at, line),
    outline: (geometry) => area.show(geometry),
    reached: (geometry) => spread.show(geometry),
    suggest: (list, titleOf) => sites.set(list, titleOf),
    retry: () => ground.retry(),
  };
}
