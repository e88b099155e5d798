/**
 * How each state of an incident looks: one shape, one colour token, everywhere. Pure.
 *
 * The colour says how far it is on its way (reported, given out, in hand, answered, ended), the
 * shape which state of that step it is, so that a grey print or a colour-blind eye still reads. A
 * hollow shape: nobody works on it; somebody looks (pre-check, verifying) or it has ended.
 *
 * A shape is a list of [x, y] corners in a circle of radius 1 (y down), or null for the circle.
 */

const corner = (turns, radius = 1) => [
  radius * Math.sin(2 * Math.PI * turns), -radius * Math.cos(2 * Math.PI * turns),
];
const regular = (sides, radius, turn = 0) => Array.from({ length: sides }, (_, i) => corner(i / sides + turn, radius));

const SQUARE = [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]];
const ARROW = [[-1, -0.8], [0.25, -0.8], [1.15, 0], [0.25, 0.8], [-1, 0.8], [-0.4, 0]];
const CROSS = [[-0.9, -0.6], [-0.6, -0.9], [0, -0.3], [0.6, -0.9], [0.9, -0.6], [0.3, 0],
  [0.9, 0.6], [0.6, 0.9], [0, 0.3], [-0.6, 0.9], [-0.9, 0.6], [-0.3, 0]];

// Radii are evened out by area: a triangle as wide as a circle looks smaller than it.
const LOOKS = {
  reported: { shape: regular(3, 1.28), token: '--reported' },
  pre_check: { shape: regular(3, 1.28, 1 / 2), token: '--reported', hollow: true },
  accepted: { shape: regular(4, 1.16), token: '--accepted' },
  dispatched: { shape: ARROW, token: '--accepted' },
  in_progress: { shape: null, token: '--in-progress' },
  answered: { shape: regular(5, 1.08), token: '--answered' },
  verifying: { shape: regular(5, 1.08, 1 / 2), token: '--answered', hollow: true },
  closed: { shape: SQUARE, token: '--closed', hollow: true },
  void: { shape: CROSS, token: '--closed' },
};
const UNKNOWN = { shape: regular(6, 1.04), token: '--ink-3' };

/** The states, in the order of the life cycle. */
export const STATES = Object.keys(LOOKS);

/** What a live map shows: what is void has left it. */
export const isOnMap = (row) => row.state !== 'void';
export const MAP_STATES = STATES.filter((state) => isOnMap({ state }));

/** Whether somebody still has to do something about it. */
export const isOpen = (row) => row.state !== 'closed' && row.state !== 'void';

/** {shape, token, hollow}: corners or null, the name of the colour in tokens.css, only outlined. */
export const lookOf = (state) => LOOKS[state] || UNKNOWN;

/** The outline as an SVG path around (0, 0) with the given radius. */
export function pathOf(state, radius) {
  const { shape } = lookOf(state);
  const round = (value) => Math.round(value * radius * 100) / 100;
  if (shape) return `M${shape.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}Z`;
  return `M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
}
