/** The groups of 我的任务, in the order of the server. Pure: say is handed in. */

/** [{title, rows}]: what is asked of me, what else is open on my ground, what I have handled. */
export function taskGroups(rows, say) {
  return [
    { title: say('tasks.asked'), rows: rows.filter((row) => row.asks) },
    { title: say('tasks.ground'), rows: rows.filter((row) => !row.asks && !row.handled) },
    { title: say('tasks.handled'), rows: rows.filter((row) => row.handled) },
  ].filter((group) => group.rows.length);
}

/** How many wait for me. */
export const askedOf = (rows) => rows.filter((row) => row.asks).length;
