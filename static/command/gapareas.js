/**
 * The areas of those who cannot walk to a kind of facility in time, by the latest run: dotted, for
 * slanted lines mean empty posts and tinted cells hot spots. A sketch around homes, not a verdict.
 */
import { dottedAreas } from './leaflet.js';
import { token } from './pen.js';
import { holds } from './rings.js';
import { say } from './words.js';

export class GapAreas {
  #patches;
  #told = null;
  #areas = [];    // {people, rings}: in degrees

  constructor(map) { this.#patches = dottedAreas(map, { name: 'gaps', z: 265 }); }

  /** Show an answer of the server, or null: nothing. */
  draw(told) {
    this.#told = told;
    this.#areas = (told ? told.areas : []).map(({ people, shape }) => ({ people, rings: ringsOf(shape) }));
    this.repaint();
  }

  /** Draw everything again in new colours. */
  repaint() { this.#patches.set(this.#told ? this.#told.areas : [], token('--walk-hidden')); }

  /** What is to be said of a place, '' where everybody can walk. */
  wordsAt({ lng: x, lat: y }) {
    const found = this.#areas.find(({ rings }) => holds(rings, { x, y }));
    return found ? say('gaps.hover', { people: Math.round(found.people).toLocaleString(), kind: kindOf(this.#told).name }) : '';
  }
}

/** The kind that an answer tells of. */
export const kindOf = ({ kinds, kind }) => kinds.find(({ code }) => code === kind);

function ringsOf({ type, coordinates }) {
  const rings = type === 'Polygon' ? coordinates : coordinates.flat();
  return rings.map((ring) => ring.map(([x, y]) => ({ x, y })));
}
