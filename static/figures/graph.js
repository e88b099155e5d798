/** Small drawings of numbers, as inline SVG: a trend, bars side by side. Numbers in, elements out. */

const NS = 'http://www.w3.org/2000/svg';

/** An SVG element; attributes as given. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(NS, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

/**
 * The points of a line through values, over a box of width x height; the axis begins at 0.
 * @returns {string} "x,y x,y …"; a single value is a point in the middle
 */
export function points(values, width, height, top = Math.max(1, ...values)) {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const start = values.length > 1 ? 0 : width / 2;
  const place = (value, n) => `${round(start + n * step)},${round(height - (value / top) * height)}`;
  return values.map(place).join(' ');
}

/** A round number that is not below the largest value: where the axis ends. */
export function axisTop(values) {
  const most = Math.max(1, ...values);
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= most);
}

/**
 * Lines over time with their axis: [{name, values, kind}] drawn over the same top.
 * @param {string[]} labels first and last stand below the axis
 */
export function trend(series, labels, { width = 400, height = 120 } = {}) {
  const top = axisTop(series.flatMap(({ values }) => values));
  const lines = series.map(({ values, kind }) => svg('polyline', {
    points: points(values, width, height, top), class: `graph-line ${kind}`, 'vector-effect': 'non-scaling-stroke',
  }));
  const box = svg('svg', {
    viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', class: 'graph', 'aria-hidden': 'true',
  }, svg('path', { d: `M0 ${height}H${width}M0 0H${width}`, class: 'graph-axis', 'vector-effect': 'non-scaling-stroke' }), ...lines);
  const frame = document.createElement('div');
  frame.className = 'graph-frame';
  frame.append(text('graph-top', top.toLocaleString()), box, text('graph-first', labels[0]),
    text('graph-last', labels[labels.length - 1]));
  return frame;
}

/** A value's share of the largest, 0 to 100. */
export const shareOf = (value, values) => round((100 * value) / Math.max(1, ...values));

function text(name, words) {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = words;
  return element;
}

const round = (number) => Math.round(number * 10) / 10;
