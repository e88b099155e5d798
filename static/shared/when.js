/**
 * Moments and spans as people say them, by the browser's own calendar (Intl): no dictionary.
 * All functions take ISO strings and a `now` in epoch milliseconds, and are pure.
 */
import { pageLanguage } from './words.js';

const MINUTE = 60000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NEAR_MS = 30 * MINUTE;

const tag = (lang) => (lang === 'en' ? 'en-GB' : 'zh-CN');

const MOST_KNOWN = 200000;
const known = new Map();

/** Milliseconds since 1970 of an ISO string. Lists ask for the same ones again and again: read once. */
export function msOf(iso) {
  const before = known.get(iso);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const ms = Date.parse(iso);
  known.set(iso, ms);
  return ms;
}

/** '5 分钟前' within a day, else '2026年3月5日 14:30'. */
export function when(iso, now = Date.now(), lang = pageLanguage()) {
  const ms = msOf(iso) - now;
  if (Math.abs(ms) >= DAY) return moment(iso, lang);
  const [value, unit] = largest(ms);
  return airy(new Intl.RelativeTimeFormat(tag(lang), { numeric: 'auto' }).format(value, unit));
}

/** '2026年3月5日 14:30' (en: '5 March 2026, 14:30'), in the time zone of the device. */
export function moment(iso, lang = pageLanguage()) {
  const date = new Date(iso);
  const day = date.toLocaleDateString(tag(lang), { year: 'numeric', month: 'long', day: 'numeric' });
  const time = date.toLocaleTimeString(tag(lang), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return lang === 'en' ? `${day}, ${time}` : `${day} ${time}`;
}

/** A length of time in its largest unit: '2 小时', '3 days'. */
export function span(ms, lang = pageLanguage()) {
  const [value, unit] = largest(Math.abs(ms));
  return airy(new Intl.NumberFormat(tag(lang), { style: 'unit', unit, unitDisplay: 'long' }).format(value));
}

/** A no-break space between a figure and the Chinese word after it; dates go without. */
const airy = (text) => text.replace(/(\d)(?=[\u4e00-\u9fff])/g, '$1\u00a0');

/** How a deadline stands: 'over', 'near' (30 minutes or less) or 'ahead', and the ms left. */
export function due(iso, now = Date.now()) {
  const ms = msOf(iso) - now;
  return { kind: ms < 0 ? 'over' : ms <= NEAR_MS ? 'near' : 'ahead', ms };
}

/** Whole number of the largest unit that fits, keeping the sign: [-5, 'minute']. */
function largest(ms) {
  const size = Math.abs(ms);
  if (size >= DAY) return [Math.trunc(ms / DAY), 'day'];
  if (size >= HOUR) return [Math.trunc(ms / HOUR), 'hour'];
  if (size >= MINUTE) return [Math.trunc(ms / MINUTE), 'minute'];
  return [Math.trunc(ms / 1000), 'second'];
}
