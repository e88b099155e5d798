/**
 * Streets and people on a canvas, in the page's colours. Knows a 2D context and pixels, no map.
 *
 * A frame says where the world lies: x pixel = world x * scale - left, and so on; see leaflet.js.
 * Shape says what colour says too: a disc can walk there in time, a square cannot, a ring has no
 * street nearby. A second ring marks who lies inside the circle on the map and cannot walk there.
 */
import { FARTHER, NO_STREET } from './classes.js';

const TOKENS = ['1', '2', '3', '4', '5', '6', '7', 'none'];
const LEAST_PX = 1.6;
const MOST_PX = 11;

/** Colours by class, read once for each redraw. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    classes: TOKENS.map((name) => read(`--walk-${name}`)),
    edge: read('--walk-edge'),
    hidden: read('--walk-hidden'),
    paper: read('--paper'),
  };
}

/**
 * @param {{x, y: Float64Array, at: ?Float32Array}} pieces of world.js
 * @param {function(number): number} classOf seconds -> class
 */
export function paintStreets(context, frame, pieces, colours, classOf) {
  const width = Math.max(1, (frame.zoom - 12) * 0.9);
  const lines = new Map();
  for (let k = 0; k < pieces.x.length; k += 2) {
    const from = pixel(frame, pieces, k);
    const to = pixel(frame, pieces, k + 1);
    if (!outside(frame, from, to)) add(lines, pieces.at ? classOf(pieces.at[k / 2]) : NO_STREET, from, to);
  }
  context.lineWidth = width;
  context.lineCap = 'round';
  context.globalAlpha = 0.8;
  lines.forEach((run, rank) => {
    context.strokeStyle = colours.classes[rank];
    context.beginPath();
    for (let k = 0; k < run.length; k += 4) {
      context.moveTo(run[k], run[k + 1]);
      context.lineTo(run[k + 2], run[k + 3]);
    }
    context.stroke();
  });
  context.globalAlpha = 1;
}

/**
 * @param {{x, y: Float64Array, radius: Float32Array, classes: Uint8Array, verdict: string, hidden: ?Uint8Array}} cells
 */
export function paintCells(context, frame, cells, colours) {
  const grown = 2 ** ((frame.zoom - 15) * 0.75);
  for (let k = 0; k < cells.x.length; k += 1) {
    const [x, y] = pixel(frame, cells, k);
    const radius = Math.min(MOST_PX, Math.max(LEAST_PX, cells.radius[k] * grown));
    if (x > -radius && y > -radius && x < frame.width + radius && y < frame.height + radius) {
      drawCell(context, x, y, radius, cells.classes[k], cells.verdict[k], colours);
      if (cells.hidden && cells.hidden[k]) ring(context, x, y, radius + (frame.zoom < 15 ? 1 : 2.5), colours.hidden, frame.zoom < 15 ? 1 : 2);
    }
  }
}

function drawCell(context, x, y, radius, rank, verdict, colours) {
  if (verdict === 'n') {
    ring(context, x, y, radius, colours.paper, 3);
    ring(context, x, y, radius, colours.classes[NO_STREET], 1.5);
    return;
  }
  context.beginPath();
  if (verdict === 'g') context.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colours.classes[rank];
  context.fill();
  if (radius < 2.2) return;
  context.lineWidth = 1;
  context.strokeStyle = verdict === 'g' ? colours.paper : colours.edge;
  context.stroke();
}

function ring(context, x, y, radius, colour, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

/** What a cell looks like to whom draws circles: inside or not, nothing else. */
export function asCircle(cells, circleM) {
  const near = Uint8Array.from(cells.straight_m, (metres) => (metres >= 0 && metres <= circleM ? 1 : 0));
  return {
    ...cells,
    classes: near.map((each) => (each ? 0 : FARTHER)),
    verdict: Array.from(near, (each) => (each ? 'c' : 'g')).join(''),
    hidden: null,
  };
}

const pixel = (frame, { x, y }, k) => [x[k] * frame.scale - frame.left, y[k] * frame.scale - frame.top];

const outside = (frame, [x0, y0], [x1, y1]) => Math.max(x0, x1) < 0 || Math.max(y0, y1) < 0
  || Math.min(x0, x1) > frame.width || Math.min(y0, y1) > frame.height;

function add(lines, rank, from, to) {
  if (!lines.has(rank)) lines.set(rank, []);
  lines.get(rank).push(...from, ...to);
}
