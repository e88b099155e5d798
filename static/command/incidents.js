/** The incidents on the map: which of the store's rows have a marker, and how each looks now. */
import { el } from '../shared/dom.js';
import { ringOf } from './deadline.js';
import { hoverLabel, markers, pulse } from './leaflet.js';
import { say } from './words.js';

const SIZES = [[16, 9], [14, 7.5], [12, 6], [0, 4.5]];    // least zoom, radius in pixels

export class IncidentLayer {
  #map;
  #markers;
  #hover;
  #rows = new Map();
  #now = 0;
  #selected = null;

  /** @param {{map, canvas, select: function(string)}} parts select gets an incident's id */
  constructor({ map, canvas, select }) {
    this.#map = map;
    this.#hover = hoverLabel(map);
    this.#markers = markers(canvas, {
      click: select,
      over: (id, at) => this.#hover.show(at, this.#hoverWords(this.#rows.get(id))),
      out: () => this.#hover.hide(),
    });
    this.#markers.addTo(map);
    map.on('zoomend', () => this.draw(Array.from(this.#rows.values()), { now: this.#now, selected: this.#selected }));
  }

  /** Show these rows and no others. */
  draw(rows, { now, selected }) {
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#now = now;
    this.#selected = selected;
    this.#markers.ids().filter((id) => !this.#rows.has(id)).forEach((id) => this.#markers.drop(id));
    rows.forEach((row) => this.#markers.put(row.id, [row.lat, row.lon], this.#lookOf(row)));
    if (selected) this.#markers.toFront(selected);
  }

  /** Lift the markers above areas that were just drawn. */
  toFront() { this.#markers.toFront(); }

  /** Point at a place where something new has come in. */
  pulse(row) { pulse(this.#map, [row.lat, row.lon]); }

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

  #hoverWords(row) {
    return el('span', {}, `${row.category_name} · ${say(`state.${row.state}`)}`);
  }
}
