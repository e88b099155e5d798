/** How an incident stands to its deadline. Pure; `now` is server time in ms. */
import { isOpen } from '../shared/states.js';
import { due } from '../shared/when.js';

/** 'over', 'near' (30 minutes or less) or 'ahead'; '' once it is closed. */
export const clockOf = (row, now) => (isOpen(row) ? due(row.due_at, now).kind : '');

/** The same for a marker, which shows only what presses: 'over', 'near' or ''. */
export const ringOf = (row, now) => clockOf(row, now).replace('ahead', '');
