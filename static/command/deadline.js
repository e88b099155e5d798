/**
 * How an incident stands to its clock. Pure; `now` is server time in ms.
 *
 * What presses is the present step: its own deadline where it has one, else the case's.
 */
import { isOpen } from '../shared/states.js';
import { due, msOf } from '../shared/when.js';

export const dueOf = (row) => row.stage_due_at || row.due_at;

/**
 * 'over' (due has passed), 'near' (the amber share of its time has passed), 'ahead'; 'held' while
 * suspended, 'listed' on the list of open problems; '' once it has ended, and where nobody knows (replay).
 */
export function clockOf(row, now) {
  if (!isOpen(row) || !dueOf(row)) return '';
  if (row.suspended) return 'held';
  if (row.open_problem) return 'listed';
  const { kind } = due(dueOf(row), now);
  if (kind === 'over' || !row.amber_at) return kind;
  return msOf(row.amber_at) <= now ? 'near' : 'ahead';
}

/** The same for a marker, which shows only what presses: 'over', 'near' or ''. */
export function ringOf(row, now) {
  const clock = clockOf(row, now);
  return clock === 'over' || clock === 'near' ? clock : '';
}
