/**
 * The areas on the map: coloured by open incidents, named, one of them chosen and the rest veiled.
 * Which level is drawn follows the zoom unless somebody fixes it.
 */
import { el } from '../shared/dom.js';
import { insidePoint } from './inside.js';
import { areaShapes, boundsOf, hoverLabel, nameLabels, outlines, veil } from './leaflet.js';
import { token } from './pen.js';
import { breaksFor, classOf, levelAt } from './tally.js';
import { say } from './words.js';

const CHARACTER_PX = 14;    // room one Chinese character of a name needs

export class AreaLayer {
  #map;
  #canvas;
  #tree;
  #features;
  #shapes = null;
  #upper = null;
  #veil = null;
  #names;
  #counts = new Map();
  #breaks = breaksFor(0);
  #faces = new Map();    // area -> how it is filled now
  #spots = new Map();    // feature -> its bounds, its name and where that stands, worked out once
  #level = null;
  #chosen = null;
  #edgeLine = null;
  #hover;
  #select;
  #shown = { fill: true, names: true, level: 'auto' };

  /** Called with nothing after the level or the classes changed: the legend follows. */
  onRestyle = () => {};

  /** @param {{map, canvas, tree: AreaTree, features: object[], select: function(object)}} parts */
  constructor({ map, canvas, tree, features, select }) {
    this.#map = map;
    this.#canvas = canvas;
    this.#tree = tree;
    this.#features = features;
    this.#select = select;
    this.#hover = hoverLabel(map);
    this.#names = nameLabels(canvas, map);
    map.on('zoomend', () => this.#relevel());
    map.on('moveend', () => this.#renameVisible());
    this.#relevel();
  }

  get level() { return this.#level; }

  get breaks() { return this.#breaks; }

  /** Change what is shown: {fill, names: boolean, level: 'auto' or a level}. */
  show(wanted) {
    this.#shown = { ...this.#shown, ...wanted };
    this.#relevel();
  }

  /** Colour by new counts: Map of area -> open incidents. */
  count(counts) {
    this.#counts = counts;
    this.#restyle();
  }

  /** Outline one area and veil the others; null for none. */
  choose(area) {
    this.#chosen = area;
    if (this.#veil) this.#veil.remove();
    const feature = area && this.#featureOf(area);
    this.#veil = feature ? veil(this.#canvas, feature.geometry, token('--mask')).addTo(this.#map) : null;
    this.#edge();
    this.#restyle();
  }

  /** Draw everything again in new colours. */
  repaint() {
    this.choose(this.#chosen);
    this.#redrawLevel();
  }

  #featureOf(area) {
    return this.#features.find((feature) => feature.properties === area) || null;
  }

  #relevel() {
    const { level } = this.#shown;
    const wanted = level === 'auto' ? levelAt(this.#map.getZoom(), this.#tree.levels()) : level;
    if (this.#shapes && wanted === this.#level) {
      this.#restyle();
    } else {
      this.#level = wanted;
      this.#redrawLevel();
    }
    this.#renameVisible();
  }

  #redrawLevel() {
    if (this.#shapes) this.#shapes.remove();
    if (this.#upper) this.#upper.remove();
    this.#shapes = areaShapes(this.#canvas, this.#of(this.#level), (area) => this.#styleOf(area), {
      click: (area) => this.#select(area),
      over: (area, at) => this.#hover.show(at, this.#hoverWords(area)),
      out: () => this.#hover.hide(),
    });
    this.#shapes.addTo(this.#map);
    this.#faces.clear();
    this.#upper = outlines(this.#canvas, this.#of(this.#levelAbove()), {
      color: token('--border-upper'), weight: 2.2, opacity: 0.85,
    }).addTo(this.#map);
    this.#upper.bringToBack();
    this.#shapes.toBack();
    this.#restyle();
  }

  #of(level) {
    return this.#features.filter((feature) => feature.properties.level === level);
  }

  #levelAbove() {
    const levels = this.#tree.levels();
    return levels[levels.indexOf(this.#level) - 1] || null;
  }

  /** Recolour what looks other than before: of thousands, one event changes a few. */
  #restyle() {
    const drawn = this.#of(this.#level).map((feature) => feature.properties);
    this.#breaks = breaksFor(drawn.reduce((most, area) => Math.max(most, this.#counts.get(area) || 0), 0));
    drawn.forEach((area) => {
      const face = JSON.stringify(this.#fillOf(area));
      if (this.#faces.get(area) === face) return;
      this.#faces.set(area, face);
      this.#shapes.restyle(area);
    });
    this.onRestyle();
  }

  #fillOf(area) {
    const rank = classOf(this.#counts.get(area) || 0, this.#breaks);
    if (!rank || !this.#shown.fill) return { fillColor: token('--map-ground'), fillOpacity: 0 };
    // Close by, the streets and houses matter more than the count.
    return { fillColor: token(`--fill-${rank}`), fillOpacity: this.#map.getZoom() >= 16 ? 0.42 : 0.55 };
  }

  #styleOf(area) {
    return { color: token('--border'), weight: 1, opacity: 0.8, ...this.#fillOf(area) };
  }

  /** The chosen one's own line, above the veil. */
  #edge() {
    if (this.#edgeLine) this.#edgeLine.remove();
    const feature = this.#chosen && this.#featureOf(this.#chosen);
    this.#edgeLine = feature
      ? outlines(this.#canvas, [feature], { color: token('--accent'), weight: 3 }).addTo(this.#map)
      : null;
  }

  #hoverWords(area) {
    return el('span', {}, say('area.hover', { name: area.name, count: this.#counts.get(area) || 0 }));
  }

  // -- names --------------------------------------------------------------------------------------

  /** Name the areas in sight that are wide enough for their name. */
  #renameVisible() {
    const view = this.#map.getBounds();
    const named = this.#shown.names ? this.#of(this.#level) : [];
    this.#names.set(named.filter((feature) => this.#hasRoom(feature, view)).map((feature) => ({
      ...this.#spotOf(feature), width: this.#widthOf(feature),
    })));
    this.onRestyle();
  }

  #hasRoom(feature, view) {
    const { bounds } = this.#spotOf(feature);
    if (!view.intersects(bounds)) return false;
    const [west, east] = [bounds.getNorthWest(), bounds.getNorthEast()]
      .map((corner) => this.#map.latLngToLayerPoint(corner).x);
    return east - west > this.#widthOf(feature);
  }

  #spotOf(feature) {
    if (!this.#spots.has(feature)) {
      const [lon, lat] = insidePoint(feature.geometry);
      this.#spots.set(feature, {
        bounds: boundsOf(feature.geometry), at: [lat, lon], text: this.#tree.shortName(feature.properties),
      });
    }
    return this.#spots.get(feature);
  }

  #widthOf(feature) { return this.#spotOf(feature).text.length * CHARACTER_PX; }
}
