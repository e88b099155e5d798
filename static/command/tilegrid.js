/**
 * Vector tiles on the map: fetched, kept while in sight, drawn on a canvas each, so that moving the
 * map moves what is drawn already. What is drawn is the affair of the layer that asks.
 */
import { loadTile } from '../shared/vectortile.js';
import { canvasTiles } from './leaflet.js';
import { forget, paintSoon } from './painting.js';

export const TILE_PX = 512;    // a tile of zoom z fills four screen tiles of zoom z + 1
const RETRY_MS = 3000;

export class TileGrid {
  #tiles = new Map();      // key -> {canvas, coords, painted, read, stop}
  #grid;
  #urlsOf;
  #read;
  #draw;

  /**
   * @param {L.Map} map  @param {{name: string, z: number}} pane where in the pile it lies
   * @param {{urlsOf({z, x, y}): string[], read(...Map): object, draw(context, object)}} how read: what
   *   is kept of a tile, from the answers; draw: on a context in the tile's pixels
   */
  constructor(map, pane, { urlsOf, read, draw }) {
    this.#urlsOf = urlsOf;
    this.#read = read;
    this.#draw = draw;
    this.#grid = canvasTiles(map, pane, TILE_PX, {
      made: (...tile) => this.#made(...tile),
      gone: (key) => this.#gone(key),
    });
  }

  show() { this.#grid.show(); }

  hide() { this.#grid.hide(); }

  /** What is kept of the tiles in sight, not of those that still fill in from another zoom. */
  get kept() { return this.#current.map(({ read }) => read); }

  get #current() {
    const zoom = this.#grid.zoom();
    return Array.from(this.#tiles.values()).filter(({ read, coords }) => read && coords.z === zoom);
  }

  /** The tile under a place: {read, x, y}, with x and y in its pixels; null where there is none. */
  at(latlng) {
    const { key, x, y } = this.#grid.place(latlng);
    const tile = this.#tiles.get(key);
    return tile && tile.read ? { read: tile.read, x, y } : null;
  }

  /** Draw again from memory the tiles of which `wanted` holds. */
  redraw(wanted = () => true) {
    this.#current.filter(({ read }) => wanted(read)).forEach((tile) => this.#paintSoon(tile));
  }

  /** Ask again for the tiles that hold one of some places; for all without places. */
  refresh(places = null) {
    const keys = places && new Set(places.flatMap((at) => this.#grid.keysNear(at)));
    this.#tiles.forEach((tile, key) => { if (!keys || keys.has(key)) this.#load(tile); });
  }

  /** Forget what is drawn and begin anew: another filter, another level. */
  restart() { this.#grid.restart(); }

  /** A view needs dozens of tiles at once: each is asked for in a task of its own. */
  #made(key, canvas, coords, painted) {
    const tile = { canvas, coords, painted, read: null, stop: new AbortController() };
    this.#tiles.set(key, tile);
    setTimeout(() => { if (!tile.stop.signal.aborted) this.#load(tile); });
  }

  #gone(key) {
    const tile = this.#tiles.get(key);
    if (!tile) return;
    tile.stop.abort();
    forget(tile);
    this.#tiles.delete(key);
  }

  /** An older picture stays until the newer one is here; what failed is tried again. */
  async #load(tile) {
    try {
      const answers = this.#urlsOf(tile.coords).map((url) => loadTile(url, TILE_PX, tile.stop.signal));
      tile.read = this.#read(...await Promise.all(answers));
      this.#paintSoon(tile);
    } catch {
      if (!tile.stop.signal.aborted) setTimeout(() => { if (!tile.stop.signal.aborted) this.#load(tile); }, RETRY_MS);
    }
  }

  #paintSoon(tile) { paintSoon(tile, () => this.#paint(tile)); }

  /** On a sheet of its own that becomes the tile's picture: a canvas that could change costs each frame. */
  #paint(tile) {
    const { width, height } = tile.canvas;
    const sheet = new OffscreenCanvas(width, height);
    const context = sheet.getContext('2d');
    context.scale(width / TILE_PX, height / TILE_PX);
    this.#draw(context, tile.read);
    tile.canvas.getContext('bitmaprenderer').transferFromImageBitmap(sheet.transferToImageBitmap());
    tile.painted();
    tile.painted = () => {};
  }
}
