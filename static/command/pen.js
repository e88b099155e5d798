/**
 * Drawing on a canvas in the page's colours: markers of incidents and names of areas.
 * Knows a 2D context and pixels, not the map.
 */
import { lookOf } from '../shared/states.js';

const tokens = new Map();
const stamps = new Map();    // a look -> its picture: a copy costs a tenth of the shapes it is made of

/** A colour of the page by its token, such as '--border'; asked once, for a redraw needs thousands. */
export function token(name) {
  if (!tokens.has(name)) {
    tokens.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  }
  return tokens.get(name);
}

/** The page has changed its colours. */
export function forgetTokens() {
  tokens.clear();
  stamps.clear();
}

/** Pixels from its middle that a marker covers: a ring stands outside the shape. */
export const reach = ({ size, clock, selected }) => size * 1.3 + (clock || selected ? 8 : 3);

/** Draw a state's shape around a point, {x, y} in pixels, with its clock ring. */
export function drawGlyph(context, { x, y }, look) {
  const ratio = window.devicePixelRatio || 1;
  const picture = stampOf(look, ratio);
  const side = picture.width / ratio;
  const whole = (at) => Math.round((at - side / 2) * ratio) / ratio;    // between pixels it would blur
  context.globalAlpha = 1;    // Leaflet leaves that of the shape before
  context.drawImage(picture, whole(x), whole(y), side, side);
}

function stampOf(look, ratio) {
  const key = [look.state, look.size, look.clock, look.unrouted, look.selected, ratio].join();
  if (!stamps.has(key)) {
    const side = 2 * Math.ceil((reach(look) + 1) * ratio);
    const picture = Object.assign(document.createElement('canvas'), { width: side, height: side });
    const context = picture.getContext('2d');
    context.translate(side / 2, side / 2);
    context.scale(ratio, ratio);
    glyph(context, look);
    stamps.set(key, picture);
  }
  return stamps.get(key);
}

function glyph(context, { state, size, clock, unrouted, selected }) {
  const { shape, token: name, hollow } = lookOf(state);
  context.lineJoin = 'round';
  if (selected) disc(context, size * 1.3 + 6, token('--accent'), 0.3);
  if (clock) ring(context, size * 1.3 + 2.5, clock);
  trace(context, shape, size);
  context.lineWidth = 4;
  context.strokeStyle = token('--paper');
  context.stroke();
  context.fillStyle = hollow ? token('--paper') : token(name);
  context.fill();
  if (hollow) {
    context.lineWidth = 2;
    context.strokeStyle = token(name);
    context.stroke();
  }
  if (unrouted) mark(context, '?', { size, colour: hollow ? token(name) : token('--paper') });
}

function trace(context, shape, size) {
  context.beginPath();
  if (!shape) context.arc(0, 0, size, 0, 2 * Math.PI);
  else shape.forEach(([x, y]) => context.lineTo(x * size, y * size));
  context.closePath();
}

function disc(context, radius, colour, opacity) {
  context.save();
  context.globalAlpha = opacity;
  context.fillStyle = colour;
  trace(context, null, radius);
  context.fill();
  context.restore();
}

/** Overdue: a whole ring. Near due: a broken one. */
function ring(context, radius, clock) {
  context.save();
  trace(context, null, radius);
  context.lineWidth = 2.5;
  context.strokeStyle = token(clock === 'over' ? '--overdue' : '--near-due');
  if (clock === 'near') context.setLineDash([4, 3]);
  context.stroke();
  context.restore();
}

function mark(context, text, { size, colour }) {
  context.fillStyle = colour;
  context.font = `700 ${Math.round(size * 1.3)}px sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, 0, size * 0.1);
}

/** Draw how many incidents lie here: a quiet disc with a number. */
export function drawBadge(context, { x, y, reach: radius }, text) {
  context.save();
  context.translate(x, y);
  context.globalAlpha = 0.94;
  context.fillStyle = token('--paper');
  trace(context, null, radius);
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.strokeStyle = token('--accent');
  context.stroke();
  context.fillStyle = token('--ink');
  context.font = `600 12px ${fontOf()}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, 0, 0.5);
  context.restore();
}

/** A path of rings of {x, y}, to be drawn again and again. */
export function pathOf(rings) {
  const path = new Path2D();
  rings.forEach((ring) => {
    ring.forEach(({ x, y }, index) => (index ? path.lineTo(x, y) : path.moveTo(x, y)));
    path.closePath();
  });
  return path;
}

/** Fill and outline a path; what is not named is not drawn. */
export function drawPath(context, path, { fill, opacity = 1, hatch, stroke, width = 1 }) {
  context.save();
  context.lineJoin = 'round';
  if (fill) {
    context.globalAlpha = opacity;
    context.fillStyle = fill;
    context.fill(path, 'evenodd');
  }
  if (hatch) {
    context.globalAlpha = 1;
    context.fillStyle = hatching(context, hatch);
    context.fill(path, 'evenodd');
  }
  if (stroke) {
    context.globalAlpha = 0.8;
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.stroke(path);
  }
  context.restore();
}

/** Slanted lines, as a fill; they go on from tile to tile. */
function hatching(context, colour) {
  const side = 8;
  const piece = Object.assign(document.createElement('canvas'), { width: side, height: side });
  const pen = piece.getContext('2d');
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  [-side, 0, side].forEach((shift) => {
    pen.moveTo(shift, side);
    pen.lineTo(shift + side, 0);
  });
  pen.stroke();
  return context.createPattern(piece, 'repeat');
}

/** Dots in rows, as a fill that nobody takes for the slanted lines. */
export function dots(colour) {
  const side = 9;
  const ratio = window.devicePixelRatio || 1;
  const piece = Object.assign(document.createElement('canvas'), { width: side * ratio, height: side * ratio });
  const pen = piece.getContext('2d');
  pen.scale(ratio, ratio);
  pen.fillStyle = colour;
  [[side / 4, side / 4], [(3 * side) / 4, (3 * side) / 4]].forEach(([x, y]) => {
    pen.beginPath();
    pen.arc(x, y, 1.3, 0, 2 * Math.PI);
    pen.fill();
  });
  const pattern = pen.createPattern(piece, 'repeat');
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

const fontOf = () => {
  if (!tokens.has('font')) tokens.set('font', getComputedStyle(document.body).fontFamily);
  return tokens.get('font');
};

/** Write a name around a point, with a halo that keeps it readable on streets. */
export function drawName(context, { x, y }, text) {
  context.save();
  context.font = `500 12px ${fontOf()}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 3;
  context.strokeStyle = token('--map-halo');
  context.globalAlpha = 0.85;
  context.strokeText(text, x, y);
  context.globalAlpha = 1;
  context.fillStyle = token('--border-upper');
  context.fillText(text, x, y);
  context.restore();
}
