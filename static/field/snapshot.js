/** Of an incident in full, the little that the queue keeps: to compare, should somebody have been first. Pure. */

export const SHOWN = ['version', 'state', 'holder', 'area_name', 'category_name', 'words', 'due_at', 'number'];

/**
 * @param {Object} incident GET /api/incidents/{id}  @param {?Object} before what the phone saw: what
 *   has happened since stands in `news`
 */
export function snapshot(incident, before = null) {
  const facts = Object.fromEntries(SHOWN.map((name) => [name, incident[name]]));
  const steps = incident.timeline || [];
  return {
    ...facts,
    deeds: incident.deeds || [],
    steps: steps.length,
    news: before ? steps.slice(before.steps).map(({ kind, by, at, note }) => ({ kind, by, at, note })) : [],
  };
}
