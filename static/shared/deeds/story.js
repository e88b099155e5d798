/**
 * An event of the timeline in plain words: a title and lines, from its kind and body. Pure.
 * The note is left to the page; photos are those whose ids the body names.
 */
import { moment } from '../when.js';
import { limitWords } from './limits.js';
import { say } from './words.js';

/**
 * @param {object} event one of the detail's timeline: kind, body
 * @returns {{title: string, lines: string[], marked: string[], photos: string[]}} marked: what
 *   should catch the eye, such as a verification far from the spot
 */
export function story({ kind, body = {} }) {
  const tell = LINES[kind] || (() => []);
  const marked = body.far ? [away(body)] : [];
  const near = body.distance_m !== undefined && !body.far ? [away(body)] : [];
  const lines = [...tell(body), ...near].filter(Boolean);
  return { title: say(`kind.${kind}`), lines, marked, photos: photosOf(kind, body) };
}

function photosOf(kind, body) {
  if (kind === 'photo') return body.photo ? [body.photo] : [];
  return body.photos || [];
}

const away = ({ distance_m: metres, far }) => (far
  ? say('story.far', { metres: Math.round(metres) })
  : say('story.away', { metres: Math.round(metres) }));

function why(reasons) {
  if (reasons.rule) return say('story.by_rule', { rule: reasons.rule, reason: reasons.reason });
  return reasons.by_hand ? say('story.by_hand') : '';
}

const given = (body) => [
  body.to && say('story.to', { name: body.to.name }),
  body.why && why(body.why),
  body.assisting && say('story.assisting', { count: body.assisting.length }),
  due(body),
  body.charged && say('story.charged'),
];
const due = ({ due_at: iso }) => iso && say('story.due', { moment: moment(iso) });
const ground = ({ reason }) => reason && say('story.reason', { reason: say(`ground.${reason}`) });

function routed({ route_before: before, route }) {
  const name = (one) => (one && one.area ? one.area.name : say('story.nowhere'));
  if (!route) return '';
  return name(before) === name(route)
    ? say('story.same_route', { after: name(route) })
    : say('story.route', { before: name(before), after: name(route) });
}

const answered = (value, yes, no) => (value === true ? yes() : value === false && no());

function telephoned({ reached, resolved, satisfied }) {
  if (!reached) return [say('story.not_reached')];
  return [
    answered(resolved, () => say('story.resolved'), () => say('story.not_resolved')),
    answered(satisfied, () => say('story.satisfied'), () => say('story.not_satisfied')),
  ];
}

const unit = (body) => [body.unit && body.unit.name && say('story.unit', { name: body.unit.name })];

// kind -> body -> lines; what is missing has nothing to add to its title.
const LINES = {
  ask_extension: ({ more }) => [more && say('story.more', { limit: limitWords(more) })],
  assist: unit,
  call_back: telephoned,
  check: ({ finding }) => [finding && say('story.finding', { finding: say(`ground.${finding}`) })],
  correct: (body) => [routed(body), body.not_theirs && say('story.not_theirs')],
  decide: given,
  dispatch: given,
  escalate: ({ to }) => [to && say('story.escalated', { name: to.name })],
  grant_extension: (body) => [due(body)],
  hand_over: (body) => [routed(body)],
  merge: ({ into }) => [into && say('story.into', { number: into.number })],
  move: (body) => [routed(body)],
  name_lead: ({ lead }) => [lead && say('story.lead', { name: lead })],
  rate: ({ stars }) => [stars && say('story.stars', { count: stars })],
  rate_help: (body) => [body.for === 'caller'
    ? say('story.stars_for_caller', { count: body.stars })
    : say('story.stars_for_unit', { count: body.stars })],
  refuse: (body) => [ground(body)],
  report_in: unit,
  reroute: (body) => [routed(body)],
  resume: (body) => [due(body)],
  return: (body) => [
    body.by && say('story.returned_by', { name: body.by.name }),
    ground(body),
    body.proposed && say('story.proposed', { name: body.proposed.name }),
  ],
  start: given,
  suspend: (body) => [ground(body)],
  whistle: given,
};
