/** Words and numbers of the figures, as the page's template and the reader's language have them. */
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';

/** A text of the page's <template id="words">, with its {marks} filled in. */
export function words(name, values = {}) {
  const text = byId('words').content.querySelector(`[data-word="${name}"]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_, mark) => String(values[mark]));
}

/** A rate 0..1 as 97.5 %, or a dash where there are too few cases. */
export const percent = (value) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);

/** A moment in the installation's time zone: 14:30. */
export const clock = (iso) => new Date(iso).toLocaleTimeString(config.lang, {
  hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: config.timeZone,
});

/** A moment to the second, ms: 14:30:05. */
export const clockFace = (ms) => new Date(ms).toLocaleTimeString(config.lang, { hourCycle: 'h23', timeZone: config.timeZone });

/** A day 2026-03-05 as 3/5. */
export const shortDay = (day) => day.slice(5).split('-').map(Number).join('/');
