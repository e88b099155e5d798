/**
 * The map with all that lies on it: base map, areas, incidents, legend and layer panel.
 * It draws what it is told and reports what was pointed at; what is chosen is the desk's affair.
 */
import { basemapLayer } from '../shared/basemap.js';
import { createMap, onlineLayer, toBounds } from '../shared/leaflet.js';
import { MAP_STATES } from '../shared/states.js';
import { AreaLayer } from './areas.js';
import { IncidentLayer } from './incidents.js';
import { createLayers } from './layers.js';
import { HeatLayer } from './heat.js';
import { control, createCanvas, hoverLabel } from './leaflet.js';
import { createLegend } from './legend.js';
import { forgetTokens } from './pen.js';
import { createPointing } from './pointing.js';
import { createView } from './view.js';
import { say } from './words.js';

const CLOSE_ZOOM = 18;

export class Chart {
  #config;
  #places;
  #on;
  #map;
  #ground;
  #canvas;
  #view;
  #legend;
  #incidents;
  #heat;
  #areas = null;
  #online = null;
  #states = MAP_STATES;    // that the layer panel leaves visible

  /**
   * @param {object} config of the page: bounds, attribution, basemaps, urls.tiles
   * @param {object} places elements: map, buttons, legend, layers, and the panels list, drawer, strip
   * @param {object} on incident(id), area(area), states(list), moved({zoom, lat, lon})
   * @param {{zoom, lat, lon}|null} asked where the URL wants to look
   */
  constructor(config, places, on, asked) {
    this.#config = config;
    this.#places = places;
    this.#on = on;
    const map = createMap(places.map, {
      bounds: config.bounds,
      view: asked,
      attribution: [config.attribution, config.approvalNumber].filter(Boolean).join(' · '),
      titles: { zoomIn: say('map.zoom_in'), zoomOut: say('map.zoom_out') },
      scalePosition: 'bottomleft',
      attributionPosition: 'bottomleft',
    });
    this.#map = map;
    this.#ground = basemapLayer(config.urls.tiles).addTo(map);
    this.#canvas = createCanvas(map);
    const hover = hoverLabel(map);
    const url = config.urls.incident_tiles;
    this.#incidents = new IncidentLayer({ map, canvas: this.#canvas, url, hover, select: on.incident });
    this.#heat = new HeatLayer(map, url);
    createPointing(map, hover, [
      this.#incidents, { hit: (latlng) => this.#areas && this.#areas.hit(latlng) },
    ]);
    this.#view = createView(map, places);
    this.#legend = createLegend(places.legend);
    this.#heat.onRestyle = (breaks) => this.#legend.heat(breaks);
    control(map, places.buttons, 'topright');
    control(map, places.legend, 'bottomright');
    if (!asked) this.home(false);
    map.on('moveend', () => on.moved(this.where()));
  }

  where() {
    const { lat, lng: lon } = this.#map.getCenter();
    return { zoom: this.#map.getZoom(), lat, lon };
  }

  home(animate = true) {
    if (this.#config.bounds) this.#view.fit(toBounds(this.#config.bounds), animate);
  }

  goTo(place, options) { this.#view.goTo(place, options); }

  look({ zoom, lat, lon }) { this.#map.setView([lat, lon], zoom); }

  /** Bring a place exactly into the middle of the map, close enough to tell two doors apart. */
  center({ lat, lon }) { this.#map.setView([lat, lon], Math.max(this.#map.getZoom(), CLOSE_ZOOM), { animate: false }); }

  /** Take the keyboard: the arrows move the map. */
  focus() { this.#map.getContainer().focus(); }

  /** The areas have come: draw them and open the layer panel for use. */
  setAreas(tree) {
    const { area_tiles: areaTiles, area_shape: areaShape } = this.#config.urls;
    this.#areas = new AreaLayer({
      map: this.#map, canvas: this.#canvas, urls: { areaTiles, areaShape }, tree, select: this.#on.area,
    });
    this.#areas.onRestyle = () => this.#legend.draw(this.#areas.level, this.#areas.breaks);
    this.#areas.onRestyle();
    createLayers(this.#places.layers, { levels: tree.levels(), basemaps: this.#config.basemaps }, {
      base: (name) => this.#useBase(name),
      groups: (groups) => this.#ground.show(groups),
      areas: (wanted) => {
        this.#areas.show(wanted);
        if ('staffing' in wanted) this.#legend.staffing(wanted.staffing);
      },
      heat: (on) => this.#heat.show(on),
      states: (states) => {
        this.#states = states;
        this.#on.states(states);
      },
    });
  }

  /** Outline an area and dim the others; null for none. */
  choose(area) {
    if (this.#areas) this.#areas.choose(area);
  }

  /** Show the incidents that a filter means; see IncidentLayer.draw. */
  drawIncidents(rows, meant) {
    const query = narrowed(meant.query || '', this.#states);
    this.#incidents.draw(rows, { ...meant, query });
    this.#heat.ask(query);
  }

  /** The store has changed: {before, after} each, null when all of it is new. */
  changed(changes) {
    this.#incidents.changed(changes);
    this.#heat.changed();
  }

  /** Colour the areas by Map of area -> open incidents. */
  drawCounts(counts) {
    if (this.#areas) this.#areas.count(counts);
  }

  /** The place at a point of the map, [x, y] in pixels from its corner: {lon, lat}. */
  placeAt(point) {
    const { lat, lng: lon } = this.#map.containerPointToLatLng(point);
    return { lon, lat };
  }

  pulse(row) { this.#incidents.pulse(row); }

  /** The page has changed its colours. */
  repaint() {
    forgetTokens();
    this.#ground.repaint();
    this.#incidents.repaint();
    this.#heat.repaint();
    if (this.#areas) this.#areas.repaint();
  }

  /** The connection is back: fetch the tiles that could not come. */
  retry() { this.#ground.retry(); }

  #useBase(name) {
    const provider = this.#config.basemaps.find((one) => one.name === name);
    if (this.#online) this.#online.remove();
    this.#online = provider ? onlineLayer(provider).addTo(this.#map) : null;
    if (provider) this.#ground.remove();
    else this.#ground.addTo(this.#map);
  }
}

/** The filter of the tiles, without the states that the layer panel hides where it can be said. */
function narrowed(text, states) {
  const query = new URLSearchParams(text);
  const sayable = query.get('queue') === 'open' || !states.includes('closed');
  if (states.length < MAP_STATES.length && states.length && sayable && !query.has('state')) query.set('state', states.join(','));
  return query.toString();
}
