/**
 * The map with all that lies on it: base map, areas, incidents, legend and layer panel.
 * It draws what it is told and reports what was pointed at; what is chosen is the desk's affair.
 */
import { basemapLayer } from '../shared/basemap.js';
import { createMap, onlineLayer, toBounds } from '../shared/leaflet.js';
import { AreaLayer } from './areas.js';
import { cornersOf } from './filter.js';
import { GapAreas } from './gapareas.js';
import { IncidentLayer } from './incidents.js';
import { createLayers } from './layers.js';
import { HeatLayer } from './heat.js';
import { control, createCanvas, drawnShape, hoverLabel } from './leaflet.js';
import { createLegend } from './legend.js';
import { forgetTokens, token } from './pen.js';
import { createPinned } from './pinned.js';
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
  #gaps;
  #shape;
  #within = '';            // where the filter looks
  #pinned;
  #onCall = { people: [], now: 0, on: false, tell: () => {} };
  #replay = false;
  #areas = null;
  #online = null;

  /**
   * @param {object} config of the page: bounds, attribution, basemaps, urls.tiles
   * @param {object} places elements: map, buttons, legend, layers, and the panels list, drawer, strip
   * @param {object} on incident(id), area(area), onCall(one), states(list), moved({zoom, lat, lon})
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
      fading: false,    // the tiles' pictures would be copied anew for each step of it
    });
    this.#map = map;
    this.#ground = basemapLayer(config.urls.tiles).addTo(map);
    this.#canvas = createCanvas(map);
    const hover = hoverLabel(map);
    const url = config.urls.incident_tiles;
    this.#incidents = new IncidentLayer({ map, canvas: this.#canvas, url, hover, select: on.incident });
    this.#heat = new HeatLayer(map, url);
    this.#gaps = new GapAreas(map);
    this.#shape = drawnShape(this.#canvas, map);
    this.#pinned = createPinned(map, on.onCall);
    createPointing(map, hover, [this.#incidents, { hit: (latlng) => this.#groundAt(latlng) }]);
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
    this.#onCall.tell = createLayers(this.#places.layers, { levels: tree.levels(), basemaps: this.#config.basemaps }, {
      base: (name) => this.#useBase(name),
      groups: (groups) => this.#ground.show(groups),
      areas: (wanted) => {
        this.#areas.show(wanted);
        if ('staffing' in wanted) this.#legend.staffing(wanted.staffing);
      },
      heat: (on) => this.#heat.show(on),
      gaps: (told) => {
        this.#gaps.draw(told);
        this.#legend.gaps(told);
      },
      onCall: (on) => this.#showOnCall({ on }),
      states: (states) => this.#on.states(states),
    });
    this.#onCall.tell(this.#onCall.people.length);
  }

  /** Outline an area and dim the others; null for none. */
  choose(area) {
    if (this.#areas) this.#areas.choose(area);
  }

  /** Show the incidents that a filter means; see IncidentLayer.draw. */
  drawIncidents(rows, meant) {
    this.#incidents.draw(rows, meant);
    // Neither hot spots nor people on duty are kept of a moment gone by.
    this.#heat.ask(meant.replay ? { query: null, less: null } : meant);
    if (meant.replay !== this.#replay) {
      this.#replay = meant.replay;
      this.#showOnCall({});
    }
  }

  /** Outline where the filter looks, "lon,lat;lon,lat;…"; '' for everywhere. */
  drawWithin(within) {
    if (within === this.#within) return;
    this.#within = within;
    this.#outline();
  }

  /** Those on emergency duty, see OnCall; ages as of now. */
  drawOnCall(people, now) {
    const other = people.length !== this.#onCall.people.length;
    this.#showOnCall({ people, now });
    if (other) this.#onCall.tell(people.length);
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
    this.#gaps.repaint();
    this.#outline();
    if (this.#areas) this.#areas.repaint();
  }

  /** The connection is back: fetch the tiles that could not come. */
  retry() { this.#ground.retry(); }

  #outline() {
    this.#shape.set(this.#within ? cornersOf(this.#within) : null, { line: token('--accent'), halo: token('--map-halo') });
  }

  #showOnCall(change) {
    Object.assign(this.#onCall, change);
    const { people, now, on } = this.#onCall;
    const shown = on && !this.#replay;
    this.#pinned(shown ? people : [], now);
    this.#legend.onCall(shown && people.length > 0);
  }

  /** The area under a place, and what the gaps say of it; a click chooses the area. */
  #groundAt(latlng) {
    const area = this.#areas && this.#areas.hit(latlng);
    const gap = this.#gaps.wordsAt(latlng);
    return area && gap ? { ...area, words: `${area.words} · ${gap}` } : area;
  }

  #useBase(name) {
    const provider = this.#config.basemaps.find((one) => one.name === name);
    if (this.#online) this.#online.remove();
    this.#online = provider ? onlineLayer(provider).addTo(this.#map) : null;
    if (provider) this.#ground.remove();
    else this.#ground.addTo(this.#map);
  }
}
