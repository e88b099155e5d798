/** Where many incidents lie: the bins of the server's tiles as tinted cells, darker for more. */
import { urlFor, withQuery } from '../shared/api.js';
import { steps, without } from './clusters.js';
import { drawPath, pathOf, token } from './pen.js';
import { classOf } from './tally.js';
import { TILE_PX, TileGrid } from './tilegrid.js';

const BINS = 16;    // to a tile's side
const CELL_PX = TILE_PX / BINS;

export class HeatLayer {
  #grid;
  #meant = { query: '', less: null };
  #drawn = false;
  #on = false;
  #breaks = steps(0);
  #timer = 0;

  /** Called with the breaks of the classes, or null when nothing is shown: the legend follows. */
  onRestyle = () => {};

  /** @param {L.Map} map  @param {string} url of the incident tiles */
  constructor(map, url) {
    this.#grid = new TileGrid(map, { name: 'heat', z: 260 }, {
      urlsOf: (place) => [this.#meant.query, this.#meant.less].filter((query) => query !== null).map((query) => (
        withQuery(urlFor(url, place), { ...Object.fromEntries(new URLSearchParams(query)), as: 'bins' }))),
      read: (layers, less) => {
        this.#restyleSoon();
        return { cells: without(layers.get('clusters') || [], less ? less.get('clusters') || [] : []).map(cellOf) };
      },
      draw: (context, { cells }) => cells.forEach((cell) => this.#drawCell(context, cell)),
    });
    map.on('moveend', () => this.#restyleSoon());
  }

  show(on) {
    this.#on = on;
    this.#redraw();
  }

  /** Count what a filter means, see `drawn`; a query of null means nothing. */
  ask({ query, less }) {
    if (query === this.#meant.query && less === this.#meant.less) return;
    this.#meant = { query, less };
    if (this.#drawn) this.#grid.restart();
    this.#redraw();
  }

  /** Some of the incidents have changed. */
  changed() { if (this.#drawn) this.#grid.refresh(); }

  repaint() { this.#grid.redraw(); }

  #redraw() {
    const wanted = this.#on && this.#meant.query !== null;
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    if (wanted) this.#grid.show();
    else this.#grid.hide();
    this.onRestyle(wanted ? this.#breaks : null);
  }

  /** Class by the fullest cell in sight; tiles come one by one, so a little later. */
  #restyleSoon() {
    if (!this.#drawn) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const counts = this.#grid.kept.flatMap(({ cells }) => cells.map(({ count }) => count));
      this.#breaks = steps(counts.reduce((most, count) => Math.max(most, count), 0));
      this.#grid.redraw();
      this.onRestyle(this.#drawn ? this.#breaks : null);
    }, 150);
  }

  #drawCell(context, { path, count }) {
    drawPath(context, path, { fill: token(`--heat-${classOf(count, this.#breaks)}`), opacity: 0.6 });
  }
}

function cellOf({ props: { bin, count } }) {
  const [x, y] = [(bin % BINS) * CELL_PX, Math.floor(bin / BINS) * CELL_PX];
  const corners = [[0, 0], [CELL_PX, 0], [CELL_PX, CELL_PX], [0, CELL_PX]];
  return { count, path: pathOf([corners.map(([dx, dy]) => ({ x: x + dx, y: y + dy }))]) };
}
