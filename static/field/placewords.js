/** The place of a report in words. Pure: say is handed in. */
import { span } from '../shared/when.js';
import { isOld, quality } from './accuracy.js';
import { areaName, candidates } from './route.js';

/**
 * @param {Object} state point (or null) and status of place.js, answer and choice of route.js, now (epoch ms)
 * @returns {{kind: string, title: string, detail: string, again: boolean}} kind: good, fair, poor,
 *   pinned, seeking, none; again: whether to offer another search
 */
export function placeWords({ point, status, answer, choice, now }, say) {
  if (!point) return nowhere(status, say);
  const title = answer ? areaName(answer, choice) || say('place.outside') : say('place.unknown_grid');
  const kind = point.method === 'manual' ? 'pinned' : quality(point.accuracy_m);
  const old = kind !== 'pinned' && isOld(point.at, now);
  const seeking = status === 'seeking';
  const parts = [
    kind === 'pinned' ? say('place.pinned') : say(`quality.${kind}`, { metres: Math.round(point.accuracy_m) }),
    old && say('place.age', { span: span(now - point.at) }),
    old && seeking && say('place.seeking'),
    kind === 'poor' && say('place.check'),
    candidates(answer).length > 0 && say('place.near_border'),
  ];
  return { kind, title, detail: parts.filter(Boolean).join(' · '), again: old && !seeking };
}

function nowhere(status, say) {
  if (status === 'seeking') return { kind: 'seeking', title: say('place.seeking'), detail: '', again: false };
  const detail = status === 'denied' ? say('place.allow') : say('place.pick');
  return { kind: 'none', title: say(`nowhere.${status}`), detail, again: status !== 'none' };
}
