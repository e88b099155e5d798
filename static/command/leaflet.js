/**
 * What the desk draws with Leaflet: areas, markers and names on one canvas, so that tens of
 * thousands cost no more elements than one. The only module of the desk that touches L.
 *
 * It takes plain rows and GeoJSON and gives back small objects; a layer of vector tiles or of
 * clusters can stand behind the same methods later.
 */
/* global L */
import { lookOf } from '../shared/states.js';

const REACH_PX = 6;     // a marker or border this near to the pointer is meant

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

const tokens = new Map();

/** A colour of the page by its token, such as '--border'; asked once, for a redraw needs thousands. */
export function token(name) {
  if (!tokens.has(name)) {
    tokens.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  }
  return tokens.get(name);
}

/** The page has changed its colours. */
export const forgetTokens = () => tokens.clear();

// -- areas ----------------------------------------------------------------------------------------

/**
 * Areas as shapes one can point at.
 * @param {GeoJSON.Feature[]} features  @param {function(object): object} styleOf properties -> style
 * @param {{click, over, out}} on called with the properties (and the place, for over)
 * @returns {{restyle: function(object)}} restyle one area, named by its properties
 */
export function areaShapes(canvas, features, styleOf, on) {
  const byArea = new Map();
  const shapes = L.geoJSON(features, {
    renderer: canvas,
    bubblingMouseEvents: false,
    style: (feature) => styleOf(feature.properties),
    onEachFeature({ properties: area }, shape) {
      byArea.set(area, shape);
      shape.on('click', () => on.click(area))
        .on('mouseover mousemove', (event) => on.over(area, event.latlng))
        .on('mouseout', () => on.out(area));
    },
  });
  return {
    addTo: (map) => shapes.addTo(map),
    remove: () => shapes.remove(),
    restyle: (area) => shapes.resetStyle(byArea.get(area)),
    toBack: () => shapes.bringToBack(),
  };
}

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

export const boundsOf = (geometry) => L.geoJSON(geometry).getBounds();

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

// A ring stands outside the shape; the canvas must clear that far around.
const reach = ({ size, clock, selected }) => size * 1.3 + (clock || selected ? 8 : 3);

/** Draw a state's shape around a point, {x, y} in pixels, with its clock ring. */
export function drawGlyph(context, { x, y }, { state, size, clock, unrouted, selected }) {
  const { shape, token: name } = lookOf(state);
  context.save();
  context.translate(x, y);
  context.lineJoin = 'round';
  context.globalAlpha = 1;    // Leaflet leaves that of the shape before
  if (selected) disc(context, size * 1.3 + 6, token('--accent'), 0.3);
  if (clock) ring(context, size * 1.3 + 2.5, clock);
  trace(context, shape, size);
  context.lineWidth = 4;
  context.strokeStyle = token('--paper');
  context.stroke();
  context.fillStyle = state === 'closed' ? token('--paper') : token(name);
  context.fill();
  if (state === 'closed') {
    context.lineWidth = 2;
    context.strokeStyle = token(name);
    context.stroke();
  }
  if (unrouted) mark(context, '?', size);
  context.restore();
}

function trace(context, shape, size) {
  context.beginPath();
  if (!shape) context.arc(0, 0, size, 0, 2 * Math.PI);
  else shape.forEach(([x, y]) => context.lineTo(x * size, y * size));
  context.closePath();
}

function disc(context, radius, colour, opacity) {
  context.save();
  context.globalAlpha = opacity;
  context.fillStyle = colour;
  trace(context, null, radius);
  context.fill();
  context.restore();
}

/** Overdue: a whole ring. Near due: a broken one. */
function ring(context, radius, clock) {
  context.save();
  trace(context, null, radius);
  context.lineWidth = 2.5;
  context.strokeStyle = token(clock === 'over' ? '--overdue' : '--near-due');
  if (clock === 'near') context.setLineDash([4, 3]);
  context.stroke();
  context.restore();
}

function mark(context, text, size) {
  context.fillStyle = token('--paper');
  context.font = `700 ${Math.round(size * 1.3)}px sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, 0, size * 0.1);
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

function drawName(context, { x, y }, text) {
  context.save();
  context.font = `500 12px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 3;
  context.strokeStyle = token('--map-halo');
  context.globalAlpha = 0.85;
  context.strokeText(text, x, y);
  context.globalAlpha = 1;
  context.fillStyle = token('--border-upper');
  context.fillText(text, x, y);
  context.restore();
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
