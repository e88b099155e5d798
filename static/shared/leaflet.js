/**
 * Setting up Leaflet: the only shared module that touches L. Nothing here reaches the network.
 *
 * A desk page loads the vendored scripts with its own tags; a phone page calls loadLeaflet() when
 * it first needs a map, so that taking a photo never waits for map code.
 */
/* global L */

let loading = null;

// Where to look while nothing has been loaded yet.
const CHINA = [73, 18, 135, 54];

/**
 * Fetch Leaflet and the vector-tile painter once; resolves when L is there.
 * @param {{leaflet_css: string, leaflet: string, protomaps: string}} urls from the page's config
 */
export function loadLeaflet(urls) {
  loading = loading || append('link', { rel: 'stylesheet', href: urls.leaflet_css })
    .then(() => append('script', { src: urls.leaflet }))
    .then(() => append('script', { src: urls.protomaps }))
    .catch((error) => {
      loading = null;   // the next call tries again
      throw error;
    });
  return loading;
}

/**
 * A map with our defaults: metric scale, attribution always on, nothing animated for those who
 * asked for less motion, no tiles.
 * @param {HTMLElement} element
 * @param {{bounds: number[]|null, view: {lat, lon, zoom}|null, attribution: string,
 *   titles: {zoomIn: string, zoomOut: string}, zoomPosition: string, scalePosition: string,
 *   attributionPosition: string, fading: boolean}} options bounds: west, south, east, north; a view
 *   beats them; fading: whether tiles appear by and by
 * @returns {L.Map}
 */
export function createMap(element, options) {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(element, {
    minZoom: 8,
    maxZoom: 19,
    zoomControl: false,
    attributionControl: false,
    zoomAnimation: !still,
    fadeAnimation: !still && options.fading !== false,
    markerZoomAnimation: !still,
    inertia: !still,
  });
  if (options.view) map.setView([options.view.lat, options.view.lon], options.view.zoom);
  else map.fitBounds(toBounds(options.bounds || CHINA), { animate: false });
  L.control.zoom({
    position: options.zoomPosition || 'topright',
    zoomInTitle: options.titles.zoomIn,
    zoomOutTitle: options.titles.zoomOut,
  }).addTo(map);
  // Leaflet reads an attribution as HTML; ours is a setting and must stay text.
  L.control.attribution({ prefix: false, position: options.attributionPosition || 'bottomright' })
    .addTo(map).addAttribution(escaped(options.attribution));
  L.control.scale({ imperial: false, position: options.scalePosition || 'bottomright' }).addTo(map);
  return map;
}

/** Leaflet's bounds from [west, south, east, north] in degrees. */
export const toBounds = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);

/**
 * A raster layer of an online provider: only for those an administrator has named in the settings.
 * @param {{url: string, attribution: string, max_zoom: number}} provider
 */
export function onlineLayer(provider) {
  return L.tileLayer(provider.url, {
    attribution: escaped(provider.attribution || ''),
    maxNativeZoom: provider.max_zoom || 18,
    maxZoom: 19,
  });
}

function append(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.onload = resolve;
    element.onerror = () => reject(new Error(`cannot load ${element.src || element.href}`));
    document.head.append(element);
  });
}

function escaped(text) {
  const holder = document.createElement('i');
  holder.textContent = text;
  return holder.innerHTML;
}
