/**
 * What the desk draws with Leaflet: markers, names and the chosen area on one canvas, and grids of
 * canvases for what comes as tiles. The only module of the desk that touches L. It takes plain rows
 * and GeoJSON and gives back small objects.
 */
/* global L */
import { dots, drawGlyph, drawName, reach } from './pen.js';

const REACH_PX = 6;     // a marker or border this near to the pointer is meant
const PIN_PX = 32;

/** The canvas that all shapes of one map share: clicks then reach whatever lies on top. */
export function createCanvas(map) {
  return L.canvas({ padding: 0.3, tolerance: REACH_PX }).addTo(map);
}

/** Put an element of the page into a corner of the map, among Leaflet's own controls. */
export function control(map, element, position) {
  const Holder = L.Control.extend({ onAdd: () => element });
  L.DomEvent.disableClickPropagation(element);
  L.DomEvent.disableScrollPropagation(element);
  return new Holder({ position }).addTo(map);
}

// -- tiles ----------------------------------------------------------------------------------------

/**
 * A grid of canvases, one for each tile in sight, in a pane of its own.
 * @param {{name: string, z: number}} pane  @param {number} size of a tile in pixels
 * @param {{made(key, canvas, {z, x, y}, painted), gone(key)}} on a canvas has come or gone; a tile of
 *   `size` 512 has the numbers of the zoom above the map's. Call `painted` once when it shows something:
 *   the first of a zoom takes the place of the zoom before.
 */
export function canvasTiles(map, { name, z }, size, on) {
  map.getPane(name) || (map.createPane(name).style.zIndex = z);
  map.getPane(name).style.pointerEvents = 'none';
  const up = Math.log2(size / 256);
  const keyOf = ({ x, y, z: zoom }) => `${zoom}/${x}/${y}`;
  const Grid = L.GridLayer.extend({
    createTile(coords, done) {
      const ratio = window.devicePixelRatio || 1;
      const canvas = Object.assign(L.DomUtil.create('canvas', 'leaflet-tile'), {
        width: size * ratio, height: size * ratio,
      });
      const across = 2 ** (coords.z - up);
      const there = coords.y >= 0 && coords.y < across;
      const painted = () => done(null, canvas);
      if (there) on.made(keyOf(coords), canvas, { z: coords.z - up, x: ((coords.x % across) + across) % across, y: coords.y }, painted);
      else requestAnimationFrame(painted);    // Leaflet knows the tile only by then
      return canvas;
    },
    // Two zooms over one another would show an incident twice: with the first tile of this one the
    // other goes. (Leaflet asks this of each tile that is not there yet.)
    _retainParent(...place) { return !this._begun() && L.GridLayer.prototype._retainParent.apply(this, place); },
    _retainChildren(...place) { if (!this._begun()) L.GridLayer.prototype._retainChildren.apply(this, place); },
    _begun() { return Object.values(this._tiles).some(({ current, active }) => current && active); },
  });
  const grid = new Grid({ pane: name, tileSize: size, updateWhenZooming: false, keepBuffer: 1, noWrap: true });
  grid.on('tileunload', ({ coords }) => on.gone(keyOf(coords)));
  const place = (latlng) => {
    const zoom = Math.round(map.getZoom());
    const { x, y } = map.project(latlng, zoom).divideBy(size);
    return { zoom, x, y };
  };
  return {
    show: () => grid.addTo(map),
    hide: () => grid.remove(),
    restart: () => grid.redraw(),
    /** The zoom that the tiles of this moment have. */
    zoom: () => Math.round(map.getZoom()) - up,
    /** {key, x, y}: the tile under a place, and where in it, in pixels. */
    place(latlng) {
      const { zoom, x, y } = place(latlng);
      const [column, row] = [Math.floor(x), Math.floor(y)];
      return { key: keyOf({ x: column, y: row, z: zoom }), x: (x - column) * size, y: (y - row) * size };
    },
    /** Keys of the tiles that show a place: its own, and those it reaches into. */
    keysNear(latlng) {
      const { zoom, x, y } = place(latlng);
      const margin = 20 / 512;    // as the server's tiles have
      return [-margin, margin].flatMap((dx) => [-margin, margin].map((dy) => (
        keyOf({ x: Math.floor(x + dx), y: Math.floor(y + dy), z: zoom }))));
    },
  };
}

// -- areas ----------------------------------------------------------------------------------------

/** Outlines only: the borders of the level above, drawn over and never clicked. */
export const outlines = (canvas, features, style) => L.geoJSON(features, {
  renderer: canvas, interactive: false, style: { ...style, fill: false },
});

/** Everything but one area, veiled: it is dimmed, not hidden. */
export function veil(canvas, geometry, colour) {
  const world = [[-89, -360], [-89, 360], [89, 360], [89, -360]];
  const outer = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const holes = outer.map(([ring]) => L.GeoJSON.coordsToLatLngs(ring));
  return L.polygon([world, ...holes], {
    renderer: canvas, interactive: false, stroke: false, fillColor: colour, fillOpacity: 0.55,
  });
}

export const boundsOf = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);

/** Where a filter looks, drawn by hand: set(corners [[lon, lat], …] or null, {line, halo}). */
export function drawnShape(canvas, map) {
  let lines = [];
  return {
    set(corners, { line, halo }) {
      lines.forEach((one) => one.remove());
      const ring = corners && L.GeoJSON.coordsToLatLngs(corners);
      const style = { renderer: canvas, interactive: false, fill: false, lineCap: 'butt' };
      lines = ring ? [
        L.polygon(ring, { ...style, color: halo, weight: 6, opacity: 0.9 }),
        L.polygon(ring, { ...style, color: line, weight: 2.5, opacity: 1, dashArray: '10 5 2 5' }),
      ] : [];
      lines.forEach((one) => one.addTo(map));
    },
  };
}

/** Dotted areas in a pane of their own, below what one points at: set([{shape}], colour). */
export function dottedAreas(map, { name, z }) {
  map.createPane(name).style.zIndex = z;
  map.getPane(name).style.pointerEvents = 'none';
  const renderer = L.canvas({ pane: name, padding: 0.3 });
  const group = L.layerGroup().addTo(map);
  return {
    set(areas, colour) {
      group.clearLayers();
      const style = { color: colour, weight: 1.5, fillColor: dots(colour), fillOpacity: 1 };
      areas.forEach(({ shape }) => L.geoJSON(shape, { renderer, pane: name, interactive: false, style }).addTo(group));
    },
  };
}

// -- markers --------------------------------------------------------------------------------------

/** Markers of incidents, by id; `look` is {state, clock: 'over'|'near'|'', unrouted, size}. */
export function markers(canvas, on) {
  const Glyph = glyphClass();
  const all = new Map();
  const group = L.layerGroup();
  const make = (id, at, look) => new Glyph(at, { renderer: canvas, bubblingMouseEvents: false, look })
    .on('click', () => on.click(id))
    .on('mouseover', () => on.over(id, L.latLng(at)))
    .on('mouseout', () => on.out(id));
  return {
    addTo: (map) => group.addTo(map),
    put(id, at, look) {
      const known = all.get(id);
      const face = JSON.stringify([at, look]);
      if (known && known.face === face) return;    // thousands stay as they are, one changes
      if (known) group.removeLayer(known.glyph);
      const glyph = make(id, at, look);
      all.set(id, { glyph, face });
      group.addLayer(glyph);
    },
    drop(id) {
      if (!all.has(id)) return;
      group.removeLayer(all.get(id).glyph);
      all.delete(id);
    },
    ids: () => Array.from(all.keys()),
    toFront(id) {
      (id === undefined ? Array.from(all.values()) : [all.get(id)])
        .forEach((known) => known && known.glyph.bringToFront());
    },
  };
}

/** A circle marker that draws the shape of a state. Made late, because L must be there first. */
function glyphClass() {
  return L.CircleMarker.extend({
    initialize(at, options) {
      L.CircleMarker.prototype.initialize.call(this, at, options);
      this.options.radius = reach(options.look);
      this._radius = this.options.radius;
    },
    _updatePath() {
      const { _ctx: context, _drawing: drawing } = this._renderer;
      if (drawing && !this._empty()) drawGlyph(context, this._point, this.options.look);
    },
  });
}

/**
 * Markers made of the page's own elements, few and reached by Tab: put(id, at, {words, element}),
 * drop(id), ids(). Hovered or focused, one says its words; a click or Enter chooses it.
 */
export function pins(map, choose) {
  const all = new Map();
  return {
    put(id, at, { words, element }) {
      const pin = all.get(id) || make(id, at, element);
      pin.setLatLng(at).setTooltipContent(words);
      pin.getElement().setAttribute('aria-label', words);
    },
    drop(id) {
      all.get(id).remove();
      all.delete(id);
    },
    ids: () => Array.from(all.keys()),
  };

  function make(id, at, element) {
    const pin = L.marker(at, { icon: L.divIcon({ className: 'pin', html: element, iconSize: [PIN_PX, PIN_PX] }), riseOnHover: true })
      .bindTooltip('', { direction: 'top', offset: [0, -18] })
      .on('click', () => choose(id))
      .on('keydown', ({ originalEvent: { key } }) => { if (key === 'Enter') choose(id); })
      .addTo(map);
    all.set(id, pin);
    return pin;
  }
}

// -- words on the map -----------------------------------------------------------------------------

/** One label that follows the pointer: show(at, node), hide(). */
export function hoverLabel(map) {
  const tooltip = L.tooltip({ direction: 'top', offset: [0, -10], opacity: 1 });
  return {
    show: (at, node) => tooltip.setLatLng(at).setContent(node).addTo(map),
    hide: () => tooltip.remove(),
  };
}

/** Names drawn on the canvas, so that markers lie above them: set([{at, text, width}]). */
export function nameLabels(canvas, map) {
  const Name = nameClass();
  let all = [];
  return {
    set(names) {
      all.forEach((name) => name.remove());
      all = names.map(({ at, text, width }) => new Name(at, {
        renderer: canvas, interactive: false, text, radius: width / 2,
      }).addTo(map));
    },
  };
}

function nameClass() {
  return L.CircleMarker.extend({
    _updatePath() {
      const { _ctx: context, _drawing: drawing } = this._renderer;
      if (drawing && !this._empty()) drawName(context, this._point, this.options.text);
    },
  });
}

/** A ring that opens once around a place and goes; nothing for those who want less motion. */
export function pulse(map, at) {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const marker = L.marker(at, {
    interactive: false,
    keyboard: false,
    icon: L.divIcon({ className: 'pulse', iconSize: [48, 48] }),
  }).addTo(map);
  marker.getElement().addEventListener('animationend', () => marker.remove());
}
