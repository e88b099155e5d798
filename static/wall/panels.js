/** The panels of the wall: each is filled anew with what the server says, and nothing is kept. */
import { byId, el, fill } from '../shared/dom.js';
import { drawOutlines } from '../figures/outline.js';
import { shareOf, trend } from '../figures/graph.js';
import { clock, percent, shortDay, words } from '../figures/told.js';
import { config } from '../shared/config.js';

const LISTED = 7;

const COUNTS = ['open', 'today', 'near', 'over'];
const RATES = ['in_time_closing_rate', 'satisfaction_rate'];

let map = null;

/** Put the shapes of the areas below into the map's panel. */
export function drawMap(outlines) {
  map = outlines.bounds ? drawOutlines(outlines, words('map')) : null;
  fill(byId('map'), map && map.element);
}

/** Fill every panel. */
export function draw(figures) {
  byId('place').textContent = figures.area ? figures.area.name : words('whole');
  fill(byId('counts'), COUNTS.map((name) => count(name, figures.counts[name])), RATES.map((name) => rate(name, figures.rates[name])));
  if (map) {
    map.colour(new Map(figures.areas.map(({ code, open }) => [code, open])));
    map.dots(figures.newest);
  }
  fill(byId('areas'), areaLines(figures.areas));
  fill(byId('newest'), figures.newest.length ? figures.newest.slice(0, LISTED).map(newestLine) : el('li', {}, words('quiet')));
  fill(byId('hours'), trend([{ values: figures.hours.map(({ reported }) => reported), kind: 'reported' }],
    figures.hours.map(({ at }) => clock(at))));
  fill(byId('days'), trend([
    { values: figures.days.map(({ reported }) => reported), kind: 'reported' },
    { values: figures.days.map(({ closed }) => closed), kind: 'closed' },
  ], figures.days.map(({ day }) => shortDay(day))));
  fill(byId('shares'), shareLines(figures.categories));
}

const count = (name, value) => el('div', { 'data-figure': name, 'data-some': value > 0 },
  el('dt', {}, words(name)), el('dd', { class: 'figure' }, value.toLocaleString(config.lang)));

const rate = (name, { value, numerator, denominator }) => el('div', { 'data-figure': name },
  el('dt', {}, words(name)), el('dd', { class: 'figure' }, percent(value)),
  el('dd', { class: 'basis' }, value === null ? words('too_few') : `${numerator}/${denominator}`));

function areaLines(areas) {
  const shown = Array.from(areas).sort((a, b) => b.open - a.open).slice(0, LISTED);
  const all = shown.map(({ open }) => open);
  return shown.map(({ name, open, over }) => el('li', {},
    el('span', { class: 'name' }, name),
    el('meter', { min: 0, max: 100, value: shareOf(open, all), 'aria-hidden': true }),
    el('span', { class: 'figure' }, open.toLocaleString(config.lang)),
    el('span', { class: 'late figure' }, over ? words('over_few', { count: over }) : '')));
}

const newestLine = ({ category, area, at }) => el('li', {},
  el('time', { class: 'figure', datetime: at }, clock(at)),
  el('span', { class: 'name' }, category), el('span', { class: 'where' }, area || words('no_area')));

function shareLines(categories) {
  const shown = categories.filter(({ reported }) => reported).slice(0, LISTED - 2);
  const all = shown.map(({ reported }) => reported);
  return shown.map(({ name, reported }) => el('li', {},
    el('span', { class: 'name' }, name),
    el('meter', { min: 0, max: 100, value: shareOf(reported, all), 'aria-hidden': true }),
    el('span', { class: 'figure' }, reported.toLocaleString(config.lang))));
}
