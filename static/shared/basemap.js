/**
 * The base map without a network: our own vector tiles, painted calmly by protomaps-leaflet.
 *
 * Colours are the --map-… tokens of map.css, so light, dark and sunlight follow the page.
 * Tile layers and properties: water land green street path bridge building wall gate rail label,
 * each with name, kind, class. A tile of zoom z is drawn over four screen tiles of zoom z + 1:
 * four times fewer requests, and longer lines to write names along.
 */
/* global protomapsL */
import { bytes, urlFor } from './api.js';

/** What people can switch off, in drawing order. */
export const GROUPS = ['nature', 'streets', 'buildings', 'walls', 'names'];

const MAX_DATA_ZOOM = 16;      // closer views enlarge these tiles
const LABELLED_TILES = 64;     // a wall shows more tiles than the painter's own 16

/**
 * @param {string} url template of the tiles with {z} {x} {y}
 * @returns {L.GridLayer} with show(groups: Set), repaint() after a change of theme and
 *   retry() after the connection came back
 */
export function basemapLayer(url) {
  const source = new TileSource(url);
  const layer = protomapsL.leafletLayer({
    url: source, maxDataZoom: MAX_DATA_ZOOM, maxZoom: 19, attribution: '', paintRules: [], labelRules: [],
  });
  let groups = new Set(GROUPS);
  const restyle = () => {
    const colour = colours();
    const wanted = (rules) => rules.filter((rule) => groups.has(rule.group));
    layer.backgroundColor = colour('ground');
    layer.paintRules = wanted(paintRules(colour));
    layer.labelRules = wanted(labelRules(colour));
    layer.labelers = new protomapsL.Labelers(
      layer.scratch, layer.labelRules, LABELLED_TILES, layer.onTilesInvalidated,
    );
    if (layer._map) layer.rerenderTiles();
  };
  restyle();
  return Object.assign(layer, {
    show(wanted) { groups = wanted; restyle(); },
    repaint: restyle,
    retry() { if (source.takeFailure()) layer.rerenderTiles(); },
  });
}

/** Where the painter gets tiles: it speaks PMTiles' own getZxy, and never fetches by itself. */
class TileSource {
  constructor(url) {
    this.url = url;
    this.failed = false;
  }

  async getZxy(z, x, y, signal) {
    try {
      return { data: await bytes(urlFor(this.url, { z, x, y }), signal) };
    } catch (error) {
      this.failed = this.failed || error.name !== 'AbortError';
      throw error;
    }
  }

  /** Whether a tile was missed since the last call. */
  takeFailure() {
    const failed = this.failed;
    this.failed = false;
    return failed;
  }
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--map-${name}`).trim();
}

// -- streets --------------------------------------------------------------------------------------

// 0 lane, 1 street, 2 collector, 3 main street; what has another class counts as a street.
const RANKS = {
  lane: 0, alley: 0, service: 0,
  street: 1, local: 1, residential: 1,
  collector: 2, secondary: 2, tertiary: 2,
  arterial: 3, main: 3, primary: 3, trunk: 3,
};
const rank = (feature) => {
  const found = RANKS[feature.props.class];
  return found === undefined ? 1 : found;
};

// Pixels at zooms 12, 14, 16, 18: narrower than life far out, as wide as life close by.
const WIDTHS = [[0.4, 1, 3.5, 10], [0.7, 2, 7, 18], [1.2, 3.5, 10, 24], [2, 5.5, 14, 32]]
  .map(([at12, at14, at16, at18]) => (zoom) => protomapsL.exp(1.4, [
    [12, at12], [14, at14], [16, at16], [18, at18],
  ])(zoom));
const LEAST_ZOOM = [15, 13, 11, 9];

// Two parameters tell the painter to ask anew for each feature.
const width = (zoom, feature) => WIDTHS[rank(feature)](zoom);
const casing = (zoom, feature) => width(zoom, feature) + (zoom >= 14 ? 2 : 1);
const shown = (zoom, feature) => zoom >= LEAST_ZOOM[rank(feature)];

// -- paint ----------------------------------------------------------------------------------------

function paintRules(colour) {
  const fill = (token, stroke) => new protomapsL.PolygonSymbolizer({
    fill: colour(token), ...(stroke && { stroke: colour(stroke), width: 0.75 }),
  });
  const line = (token, lineWidth, more = {}) => new protomapsL.LineSymbolizer({
    color: colour(token), width: lineWidth, lineCap: 'round', lineJoin: 'round', ...more,
  });
  const areal = (zoom, feature) => feature.geomType === 3;
  const linear = (zoom, feature) => feature.geomType === 2;
  return [
    { group: 'buildings', dataLayer: 'land', minzoom: 13, symbolizer: fill('land'), filter: areal },
    { group: 'nature', dataLayer: 'green', symbolizer: fill('green'), filter: areal },
    { group: 'nature', dataLayer: 'water', symbolizer: fill('water'), filter: areal },
    { group: 'nature', dataLayer: 'water', symbolizer: line('water', river), filter: linear },
    { group: 'buildings', dataLayer: 'building', minzoom: 15, symbolizer: fill('building', 'building-edge') },
    { group: 'streets', dataLayer: 'path', minzoom: 15, symbolizer: line('path', 1.2, { dash: [3, 3], lineCap: 'butt' }) },
    { group: 'streets', dataLayer: 'street', symbolizer: line('street-edge', casing), filter: shown },
    { group: 'streets', dataLayer: 'street', symbolizer: line('street', width), filter: shown },
    { group: 'streets', dataLayer: 'rail', symbolizer: line('rail', 2.2, { lineCap: 'butt' }) },
    { group: 'streets', dataLayer: 'rail', minzoom: 14, symbolizer: line('ground', 1.2, { dash: [6, 6], lineCap: 'butt' }) },
    { group: 'streets', dataLayer: 'bridge', symbolizer: line('bridge-edge', bridgeEdge, { lineCap: 'butt' }), filter: linear },
    { group: 'streets', dataLayer: 'bridge', symbolizer: line('street', width), filter: linear },
    { group: 'walls', dataLayer: 'wall', minzoom: 15, symbolizer: line('wall', (zoom) => (zoom >= 17 ? 1.6 : 1), { lineCap: 'butt' }) },
    { group: 'walls', dataLayer: 'gate', minzoom: 16, symbolizer: gate(colour) },
  ];
}

const river = (zoom) => protomapsL.exp(1.4, [[12, 2], [14, 5], [16, 14], [18, 40]])(zoom);
const bridgeEdge = (zoom, feature) => width(zoom, feature) + (zoom >= 14 ? 3 : 1.5);

const gate = (colour) => new protomapsL.CircleSymbolizer({
  radius: (zoom) => (zoom >= 18 ? 4 : 2.6), fill: colour('ground'), stroke: colour('gate'), width: 1.6,
});

// -- names ----------------------------------------------------------------------------------------

const NAME_ZOOM = [17, 16, 15, 14];

function labelRules(colour) {
  const font = getComputedStyle(document.body).fontFamily;
  const place = (token, size, weight) => new protomapsL.Padding(6, new protomapsL.CenteredTextSymbolizer({
    fill: colour(token), stroke: colour('halo'), width: 1.5, lineHeight: 1.3, maxLineChars: 8,
    font: `${weight} ${size}px ${font}`,
  }));
  const along = new protomapsL.LineLabelSymbolizer({
    fill: colour('name'), stroke: colour('halo'), width: 3, repeatDistance: 420,
    position: 2, font: (zoom) => `500 ${zoom >= 17 ? 13 : 12}px ${font}`,
  });
  const ofWater = (feature) => ['water', 'river', 'lake', 'canal'].includes(feature.props.class);
  return [
    { group: 'names', dataLayer: 'label', minzoom: 13, symbolizer: place('name-water', 13, 500), filter: (zoom, feature) => ofWater(feature) },
    { group: 'names', dataLayer: 'label', minzoom: 16, symbolizer: place('name', 12, 500), filter: (zoom, feature) => !ofWater(feature) },
    { group: 'names', dataLayer: 'bridge', minzoom: 15, symbolizer: along },
    { group: 'names', dataLayer: 'street', symbolizer: along, filter: (zoom, feature) => zoom >= NAME_ZOOM[rank(feature)] },
  ];
}
