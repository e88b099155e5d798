/** Drawing a box or a polygon on the map: a sheet over it takes the pointer until it is done. */
import { el, fill } from '../shared/dom.js';
import { say } from './words.js';

const SVG = 'http://www.w3.org/2000/svg';
const LEAST_PX = 6;
const MOST_CORNERS = 100;
const DECIMALS = 6;

/**
 * @param {HTMLElement} ground what lies under the sheet
 * @param {function(number[]): {lon, lat}} placeAt  of a point of the map, px
 * @returns {function('box'|'polygon'): Promise<string|null>} draw; null: given up
 */
export function createLasso(ground, placeAt) {
  return (kind) => new Promise((resolve) => {
    const shape = document.createElementNS(SVG, 'polygon');
    const drawing = document.createElementNS(SVG, 'svg');
    drawing.append(shape);
    const take = el('button', { type: 'button', class: 'button main', disabled: true, onclick: () => end(corners) }, say('lasso.take'));
    const sheet = el('div', { id: 'lasso', tabindex: -1 }, drawing,
      el('div', { class: 'paper', role: 'group', 'aria-label': say('lasso.title') },
        el('p', {}, kind === 'box' ? say('lasso.box') : say('lasso.polygon')),
        el('button', { type: 'button', class: 'button', onclick: () => end(null) }, say('deed.cancel')),
        kind === 'polygon' && take));
    let corners = [];
    let from = null;

    const at = (event) => {
      const box = sheet.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const show = (points) => shape.setAttribute('points', points.map((point) => point.join(',')).join(' '));

    function end(points) {
      document.removeEventListener('keydown', onKey, true);
      sheet.remove();
      resolve(points && points.length > 2 ? points.map(written).join(';') : null);
    }

    function written(point) {
      const { lon, lat } = placeAt(point);
      return `${lon.toFixed(DECIMALS)},${lat.toFixed(DECIMALS)}`;
    }

    function onKey(event) {
      if (event.key !== 'Escape' && !(event.key === 'Enter' && corners.length > 2)) return;
      event.stopPropagation();
      event.preventDefault();
      end(event.key === 'Enter' ? corners : null);
    }

    drawing.addEventListener('pointerdown', (event) => {
      drawing.setPointerCapture(event.pointerId);
      from = at(event);
    });
    drawing.addEventListener('pointermove', (event) => {
      if (kind === 'box' && from) show(boxOf(from, at(event)));
      else if (kind === 'polygon' && corners.length) show([...corners, at(event)]);
    });
    drawing.addEventListener('pointerup', (event) => {
      const to = at(event);
      if (kind === 'box' && from && Math.min(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])) >= LEAST_PX) end(boxOf(from, to));
      else if (kind === 'polygon' && corners.length < MOST_CORNERS) {
        corners = [...corners, to];
        take.disabled = corners.length < 3 || crossesItself(corners);
        show(corners);
      }
      from = null;
    });
    document.addEventListener('keydown', onKey, true);
    ground.append(sheet);
    sheet.focus();
  });
}

const boxOf = ([x, y], [a, b]) => [[x, y], [a, y], [a, b], [x, b]];

/** Whether two sides of a polygon cross; such a one has no inside that people would agree on. */
export function crossesItself(corners) {
  const sides = corners.map((corner, index) => [corner, corners[(index + 1) % corners.length]]);
  return sides.some(([a, b], i) => sides.some(([c, d], j) => j > i + 1 && (i > 0 || j < sides.length - 1) && cross(a, b, c, d)));
}

const turn = ([ax, ay], [bx, by], [cx, cy]) => Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
const cross = (a, b, c, d) => turn(a, b, c) !== turn(a, b, d) && turn(c, d, a) !== turn(c, d, b);
