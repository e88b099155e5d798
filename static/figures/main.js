/** The figures at a desk: how an area stands, each figure a link to what it counts, and the way down. */
import { withQuery } from '../shared/api.js';
import { byId, el, fill } from '../shared/dom.js';
import { config } from '../shared/config.js';
import { shareOf, trend } from './graph.js';
import { deskLink, ratesLink } from './links.js';
import { drawOutlines } from './outline.js';
import { createSource, outlinesOf } from './source.js';
import { clock, clockFace, percent, shortDay, words } from './told.js';

const LOOK_MS = 15000;
const COUNTS = ['open', 'today', 'near', 'over', 'unrouted', 'closed'];
const COLUMNS = ['open', 'today', 'near', 'over', 'closed'];
const RATES = { in_time_closing_rate: 'closing', satisfaction_rate: 'voice' };

const area = new URLSearchParams(window.location.search).get('area') || '';
const figuresOf = createSource();
let bounds = [73, 18, 135, 54];
let map = null;

const pageOf = (code) => withQuery(config.urls.page, { area: code });
const desk = (filter) => deskLink(config.urls.command, bounds, { area, ...filter });
const number = (value) => value.toLocaleString(config.lang);

function draw(figures) {
  byId('as-of').textContent = words('as_of', { time: clockFace(Date.parse(figures.at)) });
  byId('place').textContent = figures.area ? figures.area.name : words('whole');
  fill(byId('way'), way(figures));
  fill(byId('counts'), COUNTS.map((name) => count(name, figures.counts[name])),
    Object.entries(RATES).map(([name, theme]) => rate(name, figures, theme)));
  if (map) {
    map.colour(new Map(figures.areas.map(({ code, open }) => [code, open])));
    map.dots(figures.newest);
  }
  fill(byId('hours'), trend([{ values: figures.hours.map(({ reported }) => reported), kind: 'reported' }],
    figures.hours.map(({ at }) => clock(at))), el('ol', { class: 'figures-steps hours' }, figures.hours.map(hourLinks)));
  const dayWords = figures.days.map(({ day }) => shortDay(day));
  fill(byId('days'), trend([
    { values: figures.days.map(({ reported }) => reported), kind: 'reported' },
    { values: figures.days.map(({ closed }) => closed), kind: 'closed' },
  ], dayWords), el('ol', { class: 'figures-steps' }, figures.days.map(dayLinks)));
  fill(byId('shares'), shares(figures));
  fill(byId('areas'), figures.areas.map(line));
  byId('none').hidden = figures.areas.length > 0;
}

/** The way down to here. A territory that begins at one area has no 'whole' above it. */
function way({ above, area: here }) {
  const up = above.length || !area ? above : [{ code: '', name: words('whole') }];
  if (!here || !up.length) return [];
  return [...up.map(({ code, name }) => el('li', {}, el('a', { href: pageOf(code) }, name))),
    el('li', { 'aria-current': 'page' }, here.name)];
}

const count = (name, value) => el('div', { 'data-figure': name, 'data-some': value > 0 },
  el('dt', {}, words(name)),
  el('dd', {}, el('a', { class: 'figure', href: desk({ queue: name }) }, number(value))));

function rate(name, { rates, period }, theme) {
  const { value, behind, ...counts } = rates[name];
  const cases = (part) => counted(behind[part], period.from, period.to);
  const some = (part, said) => el('a', { href: cases(part), 'data-count': counts[part] }, said);
  return el('div', { 'data-figure': name },
    el('dt', {}, el('a', { href: ratesLink(config.urls.rates, period, area, theme) }, words(name))),
    el('dd', {}, el('a', { class: 'figure', href: cases('denominator'), 'data-count': counts.denominator }, percent(value)),
      el('small', {}, some('numerator', number(counts.numerator)), ' / ', some('denominator', number(counts.denominator))),
      counts.rest > 0 && el('small', {}, some('rest', words(behind.rest, { count: number(counts.rest) }))),
      value === null && el('small', {}, words('too_few'))));
}

/** The cases that a count of the rates has from one day, or hour, to another. */
const counted = (name, since, until, more = {}) => desk({ counted: name, since, until, ...more });

/** Below the line: of a step of it, how many were reported and closed, and which. */
const stepLinks = (step, label, counts) => el('li', {}, el('span', {}, label),
  Object.entries(counts).map(([name, value]) => el('a', {
    class: `figure ${name}`, href: counted(name, step, step), 'data-count': value, 'aria-label': `${label} ${number(value)}`,
  }, number(value))));

const hourLinks = ({ at, hour, reported }) => stepLinks(hour, clock(at).slice(0, 2), { reported });
const dayLinks = ({ day, reported, closed }) => stepLinks(day, shortDay(day), { reported, closings: closed });

function shares({ categories, period }) {
  const shown = categories.filter(({ reported }) => reported);
  if (!shown.length) return el('li', { class: 'figures-none' }, words('no_reports'));
  const all = shown.map(({ reported }) => reported);
  return shown.map(({ code, name, reported }) => el('li', {},
    el('a', { href: counted('reported', period.from, period.to, { category: code }), 'data-count': reported }, name),
    el('meter', { min: 0, max: 100, value: shareOf(reported, all), 'aria-hidden': true }),
    el('span', { class: 'figure' }, number(reported))));
}

const line = (row) => el('tr', {},
  el('th', { scope: 'row' }, el('a', { href: pageOf(row.code) }, row.name)),
  COLUMNS.map((name) => el('td', { class: 'figure', 'data-figure': name, 'data-some': row[name] > 0 },
    el('a', { href: desk({ area: row.code, queue: name }) }, number(row[name])))));

async function look() {
  try {
    if (!map) {
      const outlines = await outlinesOf(area);
      if (outlines.bounds) {
        bounds = outlines.bounds;
        map = drawOutlines(outlines, words('map'));
        fill(byId('map'), map.element);
      }
    }
    draw(await figuresOf(area));
    byId('told').hidden = true;
    document.body.dataset.ready = 'yes';
  } catch (error) {
    byId('told').textContent = error.status ? error.message : words('lost');
    byId('told').hidden = false;
    if (error.status) return;   // refused: asking again would not help
  }
  setTimeout(look, LOOK_MS);
}

look();
