/** What the planner's page draws with Leaflet; its only module that touches L. */
/* global L */

const PAD = 0.15;   // of the canvas beyond the map's edge, so that a drag shows no bare strip
const WORLD_PX = 256;
const STEP_PX = 10;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * One canvas for tens of thousands of things: draw(context, frame) paints it whole.
 * frame: {scale, left, top, width, height, zoom} — x pixel = world x * scale - left.
 * @returns {{redraw: function()}}
 */
export function paintedLayer(map, draw) {
  const Painted = L.Layer.extend({
    onAdd() {
      this._canvas = L.DomUtil.create('canvas', 'painted leaflet-zoom-animated');
      map.getPanes().tilePane.append(this._canvas);
      map.on('moveend resize', this.redraw, this).on('zoomanim', this._zoom, this);
      this.redraw();
    },
    redraw() {
      const size = map.getSize();
      const first = L.point(-size.x * PAD, -size.y * PAD).round();
      const [width, height] = [Math.round(size.x * (1 + 2 * PAD)), Math.round(size.y * (1 + 2 * PAD))];
      const ratio = window.devicePixelRatio || 1;
      L.DomUtil.setTransform(this._canvas, map.containerPointToLayerPoint(first), 1);
      this._bounds = L.latLngBounds(
        map.containerPointToLatLng(first), map.containerPointToLatLng(first.add([width, height])),
      );
      Object.assign(this._canvas, { width: width * ratio, height: height * ratio });
      Object.assign(this._canvas.style, { width: `${width}px`, height: `${height}px` });
      const context = this._canvas.getContext('2d');
      context.scale(ratio, ratio);
      const corner = map.getPixelBounds().min.add(first);
      draw(context, {
        scale: WORLD_PX * 2 ** map.getZoom(), left: corner.x, top: corner.y, width, height,
        zoom: map.getZoom(), shift: -first.x, seen: size.x,
      });
    },
    _zoom(event) {
      const corner = map._latLngBoundsToNewLayerBounds(this._bounds, event.zoom, event.center).min;
      L.DomUtil.setTransform(this._canvas, corner, map.getZoomScale(event.zoom));
    },
  });
  return new Painted().addTo(map);
}

/** Standing facilities as dots one can press; those thought away are crossed out in grey. */
export function facilityDots(map, styleOf, on) {
  const canvas = L.canvas({ tolerance: 6 });
  const group = L.layerGroup().addTo(map);
  return {
    set(facilities) {
      group.clearLayers();
      facilities.forEach((each) => {
        L.circleMarker([each.lat, each.lon], { renderer: canvas, bubblingMouseEvents: false, ...styleOf(each) })
          .bindTooltip(text(each.name)).on('click', () => on(each)).addTo(group);
      });
    },
  };
}

/** Circles around facilities, as other maps draw them. */
export function circles(map) {
  const group = L.layerGroup().addTo(map);
  return {
    set(places, metres, style) {
      group.clearLayers();
      places.forEach(({ lat, lon }) => L.circle([lat, lon], { radius: metres, interactive: false, ...style }).addTo(group));
    },
  };
}

/** A line for the way and a pin where it begins; show(null) takes both away. */
export function wayLine(map, style) {
  const group = L.layerGroup().addTo(map);
  return {
    show(at, line) {
      group.clearLayers();
      if (line) {
        const shape = { type: 'Feature', geometry: line, properties: {} };
        L.geoJSON(shape, { interactive: false, style: { ...style.casing } }).addTo(group);
        L.geoJSON(shape, { interactive: false, style: { ...style.line } }).addTo(group);
      }
      if (at) L.marker([at.lat, at.lon], { interactive: false, keyboard: false, icon: badge('here', '', 14) }).addTo(group);
    },
  };
}

/** Areas with the number of their people written on the first ones. */
export function peopledAreas(map, style) {
  const group = L.layerGroup().addTo(map);
  return {
    set(areas, wordsOf) {
      group.clearLayers();
      areas.forEach((each) => {
        const words = wordsOf(each);
        const shape = L.geoJSON(each.shape, { interactive: false, style }).addTo(group);
        if (words) shape.bindTooltip(text(words), { permanent: true, direction: 'center', className: 'peopled' });
      });
    },
  };
}

/** One area; show(null) takes it away. */
export function outline(map, style) {
  let shape = null;
  return {
    show(geometry) {
      if (shape) shape.remove();
      shape = geometry ? L.geoJSON(geometry, { interactive: false, style: { fill: false, ...style } }).addTo(map) : null;
    },
  };
}

/**
 * Facilities that are only thought of: dragged by hand, moved by the arrow keys (Shift: farther),
 * taken away by Delete.
 * @param {{held(id, place), put(id, place), gone(id), title(place): string}} on
 */
export function candidates(map, on) {
  const all = new Map();
  const where = (marker) => ({ lon: marker.getLatLng().wrap().lng, lat: marker.getLatLng().lat });
  function make(each) {
    const marker = L.marker([each.lat, each.lon], {
      draggable: true, autoPan: true, title: on.title(each), alt: on.title(each), icon: badge('candidate', '+', 34), riseOnHover: true,
    }).addTo(map);
    marker.on('drag', () => on.held(each.id, where(marker))).on('dragend', () => on.put(each.id, where(marker)));
    marker.getElement().addEventListener('keydown', (event) => {
      if (event.key === 'Delete' || event.key === 'Backspace') on.gone(each.id);
      else if (ARROWS[event.key]) {
        const step = STEP_PX * (event.shiftKey ? 5 : 1);
        const moved = map.latLngToContainerPoint(marker.getLatLng()).add(L.point(ARROWS[event.key]).multiplyBy(step));
        marker.setLatLng(map.containerPointToLatLng(moved));
        on.put(each.id, where(marker));
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return marker;
  }
  return {
    set(places) {
      const wanted = new Set(places.map(({ id }) => id));
      Array.from(all.keys()).filter((id) => !wanted.has(id)).forEach((id) => {
        all.get(id).remove();
        all.delete(id);
      });
      places.forEach((each) => {
        if (all.has(each.id)) all.get(each.id).setLatLng([each.lat, each.lon]);
        else all.set(each.id, make(each));
      });
    },
    focus: (id) => all.has(id) && all.get(id).getElement().focus(),
  };
}

/** Sites that are suggested, numbered; pressing one takes it up. */
export function suggestions(map, on) {
  const group = L.layerGroup().addTo(map);
  return {
    set(sites, titleOf) {
      group.clearLayers();
      sites.forEach((site, k) => L.marker([site.lat, site.lon], {
        title: titleOf(site), alt: titleOf(site), icon: badge('suggested', String(k + 1), 30),
      }).on('click', () => on(site)).addTo(group));
    },
  };
}

/** The place under a point of the screen, null beside the map. */
export function placeAt(map, { clientX, clientY }) {
  const box = map.getContainer().getBoundingClientRect();
  const inside = clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
  if (!inside) return null;
  const { lat, lng } = map.containerPointToLatLng([clientX - box.left, clientY - box.top]).wrap();
  return { lat, lon: lng };
}

/** Put an element of the page into a corner of the map. */
export function control(map, element, position) {
  const Holder = L.Control.extend({ onAdd: () => element });
  L.DomEvent.disableClickPropagation(element);
  L.DomEvent.disableScrollPropagation(element);
  return new Holder({ position }).addTo(map);
}

function badge(kind, words, size) {
  const node = document.createElement('span');
  node.textContent = words;
  return L.divIcon({ className: `pin ${kind}`, html: node, iconSize: [size, size] });
}

function text(words) {
  const node = document.createElement('span');
  node.textContent = words;
  return node;
}
