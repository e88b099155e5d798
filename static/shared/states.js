/**
 * How each state of an incident looks: one shape, one colour token, one drawing, everywhere.
 * Pure. Shapes differ as well as colours, so that a grey print or a colour-blind eye still reads.
 *
 * A shape is a list of [x, y] corners in a circle of radius 1 (y down), or null for the circle.
 */

const corner = (turns, radius = 1) => [
  radius * Math.sin(2 * Math.PI * turns), -radius * Math.cos(2 * Math.PI * turns),
];
const regular = (sides, radius) => Array.from({ length: sides }, (_, i) => corner(i / sides, radius));

// Radii are evened out by area: a triangle as wide as a circle looks smaller than it.
const LOOKS = {
  reported: { shape: regular(3, 1.28), token: '--reported' },
  accepted: { shape: regular(4, 1.16), token: '--accepted' },
  in_progress: { shape: null, token: '--in-progress' },
  answered: { shape: regular(5, 1.08), token: '--answered' },
  closed: { shape: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]], token: '--closed' },
};
const UNKNOWN = { shape: regular(6, 1.04), token: '--ink-3' };

/** The states the product has now, in the order of the life cycle. */
export const STATES = ['reported', 'accepted', 'in_progress', 'closed'];

/** Whether somebody still has to do something about it. */
export const isOpen = (row) => row.state !== 'closed';

/** {shape, token}: corners or null, and the name of the colour in tokens.css. */
export const lookOf = (state) => LOOKS[state] || UNKNOWN;

/** The outline as an SVG path around (0, 0) with the given radius. */
export function pathOf(state, radius) {
  const { shape } = lookOf(state);
  const round = (value) => Math.round(value * radius * 100) / 100;
  if (shape) return `M${shape.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}Z`;
  return `M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
}
