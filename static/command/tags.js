/** What stands beside a state: an objection, a place on the list of open problems, duplicates. */
import { el } from '../shared/dom.js';
import { say } from './words.js';

/** @param {object} row  @returns {HTMLElement[]} */
export function tagsOf(row) {
  const tag = (kind, words) => el('span', { class: 'tag', 'data-tag': kind, title: say(`tag_means.${kind}`) }, words);
  return [
    row.objection && tag('objection', say('tag.objection')),
    row.open_problem && tag('open_problem', say('tag.open_problem')),
    row.settled && tag('settled', say('tag.settled')),
    row.source === 'resident' && tag('resident', say('tag.resident')),
    row.source === 'planning' && tag('planning', say('tag.planning')),
    row.duplicates > 0 && tag('duplicates', say('tag.duplicates', { count: row.duplicates })),
  ].filter(Boolean);
}
