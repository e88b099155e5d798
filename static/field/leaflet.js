/** The phone's small map: the only field module that touches L. Loaded when first needed. */
/* global L */
import { basemapLayer } from '../shared/basemap.js';
import { el } from '../shared/dom.js';
import { createMap, loadLeaflet, toBounds } from '../shared/leaflet.js';
import { labelSpot } from './labelspot.js';

const CLOSE_UP = 18;

/**
 * @param {HTMLElement} element  @param {Object} config of the page  @param {Object} titles of the buttons
 * @returns {Promise<Object>} the few things placemap.js does with a map; positions are lon, lat in WGS84
 */
export async function openMap(element, config, titles) {
  await loadLeaflet(config.urls);
  const map = createMap(element, {
    bounds: config.bounds, attribution: config.attribution, titles, scalePosition: 'topleft',
  });
  basemapLayer(config.urls.tiles).addTo(map);
  const borders = L.geoJSON(null, { interactive: false, style: { className: 'place-border' } }).addTo(map);
  const names = L.layerGroup().addTo(map);
  const circle = L.circle([0, 0], { radius: 0, interactive: false, className: 'place-circle' });

  /** Write each grid's name where it is in view. */
  function drawNames() {
    names.clearLayers();
    const { x, y } = map.getSize();
    borders.eachLayer((layer) => {
      const spot = labelSpot(ringsOf(layer, map), x, y);
      if (spot) nameAt(map.containerPointToLatLng(spot), layer.feature.properties.name).addTo(names);
    });
  }

  map.on('moveend', drawNames);
  return {
    centre() {
      const { lng, lat } = map.getCenter();
      return [lng, lat];
    },
    /** Bring the point under the crosshair, close enough to see doors. */
    moveTo(lon, lat) {
      map.setView([lat, lon], Math.max(map.getZoom(), CLOSE_UP), { animate: false });
    },
    pan: (right, down) => map.panBy([right, down]),
    /** Draw how exact the phone's own position is; null takes the circle away. */
    showFix(fix) {
      circle.remove();
      if (fix) circle.setLatLng([fix.lat, fix.lon]).setRadius(fix.accuracy_m).addTo(map);
    },
    /** Draw the borders of grids with their names. */
    showBorders(collection) {
      borders.clearLayers().addData(collection);
      drawNames();
    },
    /** Show all of the worker's own ground: there is no position yet. */
    showAll: () => map.fitBounds(toBounds(config.bounds), { animate: false }),
    onMoved: (call) => map.on('moveend', call),
    fit: () => map.invalidateSize({ animate: false }),
  };
}

/** The rings of a polygon layer in pixels of the map's frame. */
function ringsOf(layer, map) {
  return layer.getLatLngs().flat(layer.feature.geometry.type === 'MultiPolygon' ? 1 : 0)
    .map((ring) => ring.map((corner) => {
      const { x, y } = map.latLngToContainerPoint(corner);
      return [x, y];
    }));
}

const nameAt = (position, name) => L.tooltip({
  permanent: true, direction: 'center', className: 'place-name', interactive: false,
}).setLatLng(position).setContent(el('span', {}, name));
