/**
 * The areas on the map: coloured by open incidents, named, one of them chosen and the rest veiled.
 * Shapes come as tiles; names, people and places of names from the tree. Which level is drawn
 * follows the zoom unless somebody fixes it.
 */
import { get, urlFor, withQuery } from '../shared/api.js';
import { boundsOf, nameLabels, outlines, veil } from './leaflet.js';
import { drawPath, pathOf, token } from './pen.js';
import { holds } from './rings.js';
import { breaksFor, classOf, levelAt } from './tally.js';
import { TileGrid } from './tilegrid.js';
import { say } from './words.js';

const CHARACTER_PX = 14;    // room one Chinese character of a name needs

export class AreaLayer {
  #map;
  #canvas;
  #urls;
  #tree;
  #levels;
  #byLevel = new Map();  // level -> its areas
  #byName = new Map();   // 'level/code' -> area
  #grid;
  #chosenShape = [];     // veil and line of the chosen area, while they are on the map
  #names;
  #counts = new Map();
  #breaks = breaksFor(0);
  #ranks = new Map();    // area -> class it is drawn in
  #level = null;
  #chosen = null;
  #select;
  #shown = { fill: true, names: true, staffing: false, level: 'auto' };

  /** Called with nothing after the level or the classes changed: the legend follows. */
  onRestyle = () => {};

  /** @param {{map, canvas, urls: {areaTiles, areaShape}, tree: AreaTree, select: function(object)}} parts */
  constructor({ map, canvas, urls, tree, select }) {
    this.#map = map;
    this.#canvas = canvas;
    this.#urls = urls;
    this.#tree = tree;
    this.#levels = tree.levels();
    this.#select = select;
    tree.areas.forEach((area) => {
      this.#byLevel.set(area.level, [...(this.#byLevel.get(area.level) || []), area]);
      this.#byName.set(`${area.level}/${area.code}`, area);
    });
    this.#names = nameLabels(canvas, map);
    this.#grid = new TileGrid(map, { name: 'areas', z: 250 }, {
      urlsOf: (place) => [withQuery(urlFor(urls.areaTiles, place), { level: this.#level, above: this.#levelAbove() })],
      read: (layers) => this.#read(layers),
      draw: (context, tile) => this.#draw(context, tile),
    });
    map.on('zoomend', () => this.#relevel());    // a zoom ends with a move: names follow then
    map.on('moveend', () => this.#renameVisible());
    this.#relevel();
    this.#renameVisible();
    this.#grid.show();
  }

  get level() { return this.#level; }

  get breaks() { return this.#breaks; }

  /** Change what is shown: {fill, names, staffing: boolean, level: 'auto' or a level}. */
  show(wanted) {
    this.#shown = { ...this.#shown, ...wanted };
    this.#relevel();
    this.#renameVisible();
    this.#grid.redraw();
  }

  /** Colour by new counts: Map of area -> open incidents. */
  count(counts) {
    this.#counts = counts;
    this.#restyle();
  }

  /** Outline one area and veil the others; null for none. */
  async choose(area) {
    if (area === this.#chosen) return;
    this.#chosen = area;
    this.#unveil();
    if (!area) return;
    const { geometry } = await get(urlFor(this.#urls.areaShape, area)).catch(() => ({ geometry: null }));
    if (geometry && area === this.#chosen) this.#veil(geometry);
  }

  /** Draw everything again in new colours. */
  repaint() {
    const chosen = this.#chosen;
    this.choose(null);
    this.choose(chosen);
    this.#grid.redraw();
    this.#renameVisible();
  }

  /** The area under a place, as something to point at. */
  hit(latlng) {
    const tile = this.#grid.at(latlng);
    const found = tile && tile.read.areas.filter(({ rings }) => holds(rings, tile)).pop();
    if (!found || !found.area) return null;
    const { area } = found;
    return {
      words: say('area.hover', { name: area.name, count: this.#counts.get(area) || 0 }),
      choose: () => this.#select(area),
    };
  }

  // -- levels and tiles ---------------------------------------------------------------------------

  #relevel() {
    const { level } = this.#shown;
    const wanted = level === 'auto' ? levelAt(this.#map.getZoom(), this.#levels) : level;
    if (wanted === this.#level) return;
    this.#level = wanted;
    this.#grid.restart();
    this.#restyle();
  }

  #levelAbove() { return this.#levels[this.#levels.indexOf(this.#level) - 1]; }

  #read(layers) {
    const level = this.#level;
    const shapes = (name) => (layers.get(name) || []).map(({ props: { code }, geom }) => ({
      area: this.#byName.get(`${level}/${code}`) || null, rings: geom, path: pathOf(geom),
    }));
    return { areas: shapes('areas'), above: shapes('above') };
  }

  #draw(context, { areas, above }) {
    const close = this.#map.getZoom() >= 16;
    areas.forEach(({ area, path }) => drawPath(context, path, {
      ...this.#fillOf(area, close),
      hatch: this.#shown.staffing && area && isUnstaffed(area) ? token('--unstaffed') : null,
      stroke: token('--border'),
    }));
    above.forEach(({ path }) => drawPath(context, path, { stroke: token('--border-upper'), width: 2.2 }));
  }

  #fillOf(area, close) {
    const rank = this.#ranks.get(area);
    if (!rank || !this.#shown.fill) return {};
    // Close by, the streets and houses matter more than the count.
    return { fill: token(`--fill-${rank}`), opacity: close ? 0.42 : 0.55 };
  }

  /** Class every area of the level; draw the tiles that hold one whose class is another now. */
  #restyle() {
    const drawn = this.#byLevel.get(this.#level) || [];
    this.#breaks = breaksFor(drawn.reduce((most, area) => Math.max(most, this.#counts.get(area) || 0), 0));
    const before = this.#ranks;
    this.#ranks = new Map(drawn.map((area) => [area, classOf(this.#counts.get(area) || 0, this.#breaks)]));
    this.#grid.redraw(({ areas }) => areas.some(({ area }) => before.get(area) !== this.#ranks.get(area)));
    this.onRestyle();
  }

  // -- the chosen one -----------------------------------------------------------------------------

  #veil(geometry) {
    this.#chosenShape = [
      veil(this.#canvas, geometry, token('--mask')),
      outlines(this.#canvas, [{ type: 'Feature', geometry }], { color: token('--accent'), weight: 3 }),
    ];
    this.#chosenShape.forEach((shape) => shape.addTo(this.#map).bringToBack());
    this.#chosenShape[0].bringToBack();
  }

  #unveil() {
    this.#chosenShape.forEach((shape) => shape.remove());
    this.#chosenShape = [];
  }

  // -- names --------------------------------------------------------------------------------------

  /** Name the areas in sight that are wide enough for their name. */
  #renameVisible() {
    const view = this.#map.getBounds();
    const named = this.#shown.names ? this.#byLevel.get(this.#level) || [] : [];
    this.#names.set(named.filter((area) => this.#hasRoom(area, view)).map((area) => ({
      at: [area.label[1], area.label[0]], text: this.#tree.shortName(area), width: this.#widthOf(area),
    })));
  }

  #hasRoom(area, view) {
    const { bbox } = area;
    const [west, south, east, north] = bbox;
    if (west > view.getEast() || east < view.getWest() || south > view.getNorth() || north < view.getSouth()) return false;
    const [left, right] = [boundsOf(bbox).getNorthWest(), boundsOf(bbox).getNorthEast()]
      .map((corner) => this.#map.latLngToLayerPoint(corner).x);
    return right - left > this.#widthOf(area);
  }

  #widthOf(area) { return this.#tree.shortName(area).length * CHARACTER_PX; }
}

/** Whether a grid lacks somebody on duty or a party organisation; larger areas have neither of their own. */
function isUnstaffed({ level, workers, party }) {
  return (level === 'grid' || level === 'micro-grid') && (workers.length === 0 || !party);
}
