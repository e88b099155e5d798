/** A clock in words: how much is left, how much is over, or that it stands still. */
import { due, span } from '../shared/when.js';
import { clockOf, dueOf } from './deadline.js';
import { say } from './words.js';

/** '剩 3 小时', '超时 2 天', '已挂起'; '' once the incident has ended. */
export function dueWords(row, now) {
  const clock = clockOf(row, now);
  if (!clock) return '';
  return say(`due.${clock}`, { span: span(due(dueOf(row), now).ms) });
}
