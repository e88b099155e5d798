/**
 * What the desk draws with Leaflet: areas, markers and names on one canvas, so that tens of
 * thousands cost no more elements than one. The only module of the desk that touches L.
 *
 * It takes plain rows and GeoJSON and gives back small objects; a layer of vector tiles or of
 * clusters can stand behind the same methods later.
 */
/* global L */
import { drawGlyph, drawName, reach } from './pen.js';

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
