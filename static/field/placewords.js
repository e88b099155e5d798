/** The place of a report in words. Pure: say is handed in. */
import { span } from '../shared/when.js';
import { isOld, quality } from './accuracy.js';
import { areaName, candidates } from './route.js';

/**
 * @param {Object} state point (or null) and status of place.js, answer and choice of route.js, now (epoch ms)
 * @returns {{kind: string, title: string, detail: string}} kind: good, fair, poor, pinned, seeking, none
 */
export function placeWords({ point, status, answer, choice, now }, say) {
  if (!point) return nowhere(status, say);
  const title = answer ? areaName(answer, choice) || say('place.outside') : say('place.unknown_grid');
  const kind = point.method === 'manual' ? 'pinned' : quality(point.accuracy_m);
  const parts = [
    kind === 'pinned' ? say('place.pinned') : say(`quality.${kind}`, { metres: Math.round(point.accuracy_m) }),
    kind !== 'pinned' && isOld(point.at, now) && say('place.age', { span: span(now - point.at) }),
    kind === 'poor' && say('place.check'),
    candidates(answer).length > 0 && say('place.near_border'),
  ];
  return { kind, title, detail: parts.filter(Boolean).join(' · ') };
}

function nowhere(status, say) {
  if (status === 'seeking') return { kind: 'seeking', title: say('place.seeking'), detail: '' };
  const title = status === 'denied' ? say('place.denied') : say('place.none');
  return { kind: 'none', title, detail: say('place.pick') };
}
