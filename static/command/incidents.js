/**
 * The incidents on the map, one of two ways by one rule: up to 2,000 rows each have a marker; more,
 * or a look into the past, come as tiles. A tile holds points, or counts where they are too many; if
 * one in sight has counts, badges are drawn everywhere.
 */
import { urlFor } from '../shared/api.js';
import { badgesOf, binned, rowOf, short, without } from './clusters.js';
import { ringOf } from './deadline.js';
import { markers, pulse } from './leaflet.js';
import { drawBadge, drawGlyph, reach } from './pen.js';
import { nearest } from './rings.js';
import { TILE_PX, TileGrid } from './tilegrid.js';
import { say } from './words.js';

const SIZES = [[16, 9], [14, 7.5], [12, 6], [0, 4.5]];    // least zoom, radius in pixels
const MOST_ROWS = 2000;
const REFRESH_MS = 1000;    // a tile is asked for again at most so often
const SETTLE_MS = 100;      // tiles come one by one
const CLOSER = 2;           // zooms that a click on a badge brings

export class IncidentLayer {
  #map;
  #url;
  #markers;
  #grid;
  #select;
  #rows = new Map();
  #now = 0;
  #selected = null;
  #tiles = null;        // {query, less, hidden} of the tiles, null while markers are drawn
  #dirty = [];          // places of what has changed; null: everywhere
  #timer = 0;
  #counted = false;     // whether badges are drawn in place of points
  #settling = 0;

  /** @param {{map, canvas, url: string, hover, select: function(string)}} parts url: of the tiles */
  constructor({ map, canvas, url, hover, select }) {
    this.#map = map;
    this.#url = url;
    this.#select = select;
    this.#markers = markers(canvas, {
      click: select,
      over: (id, at) => hover.show(at, document.createTextNode(wordsOf(this.#rows.get(id)))),
      out: () => hover.hide(),
    });
    this.#markers.addTo(map);
    this.#grid = new TileGrid(map, { name: 'incidents', z: 410 }, {
      urlsOf: (place) => this.#urlsOf(urlFor(this.#url, place)),
      read: (layers, less) => {
        this.#settleSoon();
        return readTile(layers, less, this.#tiles ? this.#tiles.hidden : []);
      },
      draw: (context, tile) => this.#drawTile(context, tile),
    });
    map.on('zoomend', () => this.#drawMarkers());
    map.on('moveend', () => this.#settleSoon());
  }

  /**
   * Show what a filter means.
   * @param {object[]} rows those at hand that pass
   * @param {{now, selected, query, less, hidden, back: boolean, replay: boolean}} meant the filter as
   *   the server reads it, see `drawn`; whether it looks beyond the rows; whether the rows are of a
   *   moment gone by
   */
  draw(rows, { now, selected, query, less, hidden, back = false, replay = false }) {
    const tiled = !replay && query !== null && (back || rows.length > MOST_ROWS);
    const shown = tiled ? rows.filter(({ id }) => id === selected) : rows;
    this.#rows = new Map(shown.map((row) => [row.id, row]));
    const minute = Math.floor(now / 60000) !== Math.floor(this.#now / 60000);
    this.#now = now;
    this.#selected = selected;
    this.#drawMarkers();
    this.#useTiles(tiled ? { query, less, hidden } : null);
    if (tiled && minute) this.#grid.redraw();    // rings follow the clock
  }

  /** The store has changed: {before, after} each, null when all of it is new. */
  changed(changes) {
    if (!this.#tiles) return;
    const places = changes && changes.flatMap(({ before, after }) => [before, after])
      .filter(Boolean).map(({ lat, lon }) => [lat, lon]);
    this.#dirty = places && this.#dirty && [...this.#dirty, ...places];
    this.#timer = this.#timer || setTimeout(() => {
      const dirty = this.#dirty;
      this.#timer = 0;
      this.#dirty = [];
      if (this.#tiles) this.#grid.refresh(dirty);
    }, REFRESH_MS);
  }

  /** Point at a place where something new has come in. */
  pulse(row) { pulse(this.#map, [row.lat, row.lon]); }

  /** Draw everything again in new colours. */
  repaint() { this.#grid.redraw(); }

  /** What of the tiles lies under a place; markers answer for themselves. */
  hit(latlng) {
    const tile = this.#tiles && this.#grid.at(latlng);
    if (!tile) return null;
    const { points, badges } = this.#drawnOf(tile.read);
    const point = nearest(points.map((one) => ({ ...one, reach: reach(this.#lookOf(one.row)) })), tile);
    if (point) return { words: wordsOf(point.row), choose: () => this.#select(point.row.id) };
    const badge = nearest(badges, tile);
    return badge && {
      words: say('map.cluster', { count: badge.count }),
      choose: () => this.#map.setView(latlng, Math.min(this.#map.getZoom() + CLOSER, this.#map.getMaxZoom())),
    };
  }

  #useTiles(meant) {
    const before = this.#tiles;
    if (JSON.stringify(meant) === JSON.stringify(before)) return;
    this.#tiles = meant;
    if (!meant) this.#grid.hide();
    else if (!before) this.#grid.show();
    else this.#grid.restart();
  }

  #urlsOf(url) {
    const { query, less } = this.#tiles;
    const all = query ? `${url}?${query}` : url;
    return less === null ? [all] : [all, `${url}?${less}&as=bins`];
  }

  #drawMarkers() {
    this.#markers.ids().filter((id) => !this.#rows.has(id)).forEach((id) => this.#markers.drop(id));
    this.#rows.forEach((row) => this.#markers.put(row.id, [row.lat, row.lon], this.#lookOf(row)));
    if (this.#selected) this.#markers.toFront(this.#selected);
  }

  #drawTile(context, tile) {
    const { points, badges } = this.#drawnOf(tile);
    points.forEach((point) => drawGlyph(context, point, this.#lookOf(point.row)));
    badges.forEach((badge) => drawBadge(context, badge, short(badge.count)));
  }

  /** What of a tile is drawn: its own badges or points, or the badges of its points. */
  #drawnOf({ points, badges, ofPoints }) {
    return this.#counted && points.length ? { points: [], badges: ofPoints() } : { points, badges };
  }

  /** One look for all tiles in sight, once those that come together are there. */
  #settleSoon() {
    if (!this.#tiles) return;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const { kept } = this.#grid;
      const counted = kept.some(({ badges }) => badges.length);
      if (!kept.length || counted === this.#counted) return;
      this.#counted = counted;
      this.#grid.redraw(({ points }) => points.length);
    }, SETTLE_MS);
  }

  #lookOf(row) {
    const zoom = this.#map.getZoom();
    const size = SIZES.find(([least]) => zoom >= least)[1];
    const selected = row.id === this.#selected;
    return {
      state: row.state,
      clock: ringOf(row, this.#now),
      unrouted: row.area === null,
      selected,
      size: selected ? size * 1.3 : size,
    };
  }
}

/**
 * {points: [{x, y, row}], badges, ofPoints() -> badges}: of a tile, in its pixels; `less` are the bins
 * of what is hidden.
 */
function readTile(layers, less, hidden) {
  const taken = less ? less.get('clusters') || [] : [];
  const points = (layers.get('points') || []).filter(({ props }) => !hidden.includes(props.state)).map((feature) => {
    const [[{ x, y }]] = feature.geom;
    return { x, y, row: rowOf(feature) };
  });
  let counted = null;
  return {
    points,
    badges: badgesOf(without(layers.get('clusters') || [], taken), TILE_PX),
    ofPoints: () => (counted = counted || badgesOf(binned(points, TILE_PX), TILE_PX)),
  };
}

const wordsOf = (row) => `${row.category_name} · ${say(`state.${row.state}`)}`;
