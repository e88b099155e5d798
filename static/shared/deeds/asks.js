/**
 * What each deed asks, as a table: deed -> makers of its parts, in the order of the form. A maker
 * gets {deed, incident, choices, tools} and returns a part, or null where there is nothing to ask.
 * What is needed here is what incidents/states.py and incidents/web/deeds.py need.
 */
import { when } from '../when.js';
import { photoList } from './photos.js';
import { pick } from './pick.js';
import { position, spot } from './place.js';
import { duration, note, stars, yesNo } from './simple.js';
import { limitWords } from './limits.js';
import { say } from './words.js';

// -- makers -----------------------------------------------------------------------------------------

const said = () => note();
const needed = () => note({ needed: true });
/** Words that stand there already, for who says the same every time. */
const usual = (words) => () => note({ needed: true, start: words() });
const work = () => note({ needed: true, label: say('ask.answer') });

/**
 * One of the closed list of reasons that belongs to the deed, those chosen most here first.
 * `begin`: the first of them is chosen already.
 */
const reason = (key, label, { begin = false } = {}) => (context) => {
  const { deed, choices, tools } = context;
  const listed = choices.reasons[deed].map((each) => ({ value: each.code, label: each.label }));
  const items = tools.habits ? tools.habits.order(`${deed}.${key}`, listed) : listed;
  const first = begin && tools.habits ? items[0] : null;
  const keep = (item) => { context.reason = item; };
  if (first) keep(first);
  return pick({
    label, names: [key], items, chosen: first && first.value, onchange: keep, read: (code) => ({ [key]: code }),
  });
};

/** Words that are needed; with none of one's own the chosen reason says enough. */
const asReason = (context) => note({
  needed: true,
  help: context.tools.habits ? say('ask.note_or_reason') : '',
  otherwise: () => (context.tools.habits && context.reason ? context.reason.label : ''),
});

const unitItem = (unit) => ({
  value: `unit:${unit.code}`, label: unit.name, may: unit.may, why: unit.why, group: say('pick.units'),
});
const areaItem = (area) => ({
  value: `area:${area.code}`, label: area.name, may: area.may, why: area.why, group: say('pick.areas'),
});
const mayFirst = (items) => [...items.filter((item) => item.may), ...items.filter((item) => !item.may)];
const allowAll = (items) => items.map((item) => ({ ...item, may: true }));

/** 'unit:lamps' -> {unit: 'lamps'} */
function target(value) {
  const at = value.indexOf(':');
  return { [value.slice(0, at)]: value.slice(at + 1) };
}

const recipients = ({ units, areas }) => [...mayFirst(units.map(unitItem)), ...mayFirst(areas.map(areaItem))];

function toWhom({ choices }) {
  const { rule } = choices;
  const byRule = rule && {
    value: 'rule', label: say('pick.by_rule', { name: rule.name }), note: `${rule.reason} → ${rule.to.name}`, may: true,
  };
  return pick({
    label: say('ask.to'),
    names: ['to'],
    items: [byRule, ...recipients(choices)].filter(Boolean),
    chosen: rule ? 'rule' : null,
    read: (value) => (value === 'rule' ? {} : { to: target(value) }),
  });
}

const decided = ({ choices }) => pick({
  label: say('ask.to'), names: ['to'], items: recipients(choices), read: (value) => ({ to: target(value) }),
});

/** Whom the rules name, unless they are who gives the case back. */
function otherByRule({ rule }, incident) {
  const holder = holderOf(incident);
  const to = rule && rule.to;
  if (!to || (holder && holder.unit === to.unit && holder.area === to.area)) return null;
  return to.unit ? `unit:${to.unit}` : `area:${to.area}`;
}

/** The dispatch that runs as lead, or null. */
const holderOf = ({ dispatches = [] }) => dispatches.find((each) => each.part === 'lead' && !each.ended_at) || null;

// A holder may propose anybody: that they may not receive it is the next one's argument.
const proposed = ({ choices, incident }) => pick({
  label: say('ask.proposed'),
  names: ['proposed', 'to'],
  items: allowAll(recipients(choices)),
  chosen: otherByRule(choices, incident),
  read: (value) => ({ proposed: target(value) }),
});

const codeItem = (unit) => ({ ...unitItem(unit), value: unit.code, group: null });

/** Who has the case leads on; else whom the rules name. */
const lead = ({ choices, incident }) => pick({
  label: say('ask.lead'),
  names: ['lead', 'to'],
  items: mayFirst(choices.units.map(codeItem)),
  chosen: (holderOf(incident) || {}).unit || (choices.rule && choices.rule.to.unit) || null,
  read: (code) => ({ lead: code }),
});

/** Who helped the last time with such a case is asked again. */
const assisting = ({ choices, incident, tools }) => pick({
  label: say('ask.assisting'),
  names: ['assisting', 'units'],
  items: allowAll(choices.units.map(codeItem)),
  many: true,
  chosen: tools.habits ? tools.habits.last(`assisting.${incident.category}`) : null,
  read: (codes) => ({ assisting: codes }),
});

const ownLimit = ({ choices }) => duration({
  key: 'limit',
  label: say('ask.limit'),
  help: say('ask.limit_own', { limit: limitWords(choices.limit) }),
  kinds: choices.limits,
  kind: choices.limit.kind,
  needed: false,
  wrong: say('ask.limit_wrong'),
});

const more = ({ choices }) => duration({
  key: 'more',
  label: say('ask.more'),
  help: say('ask.more_left', { count: choices.extensions_left }),
  kinds: choices.limits,
  kind: choices.limit.kind,
  needed: true,
  wrong: say('ask.more_wrong'),
});

const gridItem = (area) => ({ value: area.code, label: area.name, note: area.above });

const otherArea = ({ choices, tools }) => pick({
  label: say('ask.area'),
  names: ['area'],
  items: choices.hand_over.map(gridItem),
  find: tools.find ? async (words) => (await tools.find(words)).map(gridItem) : null,
  read: (area) => ({ area }),
});

const category = ({ choices, incident }) => pick({
  label: say('ask.category'),
  names: ['category'],
  items: choices.categories.filter(({ code }) => code !== incident.category)
    .map(({ code, name, major }) => ({ value: code, label: name, group: major })),
  read: (code) => ({ category: code }),
});

/** The nearest comes first, and on a page that can take a merge back it is chosen already. */
const duplicate = ({ choices, tools }) => pick({
  label: say('ask.into'),
  names: ['into'],
  chosen: tools.habits && choices.duplicates.length > 0 ? choices.duplicates[0].id : null,
  items: choices.duplicates.map((each) => ({
    value: each.id,
    label: [each.number, each.words].filter(Boolean).join(' · '),
    note: say('pick.near', { metres: each.metres, when: when(each.reported_at) }),
    image: each.thumb_url,
  })),
  read: (into) => ({ into }),
});

const leadPerson = ({ choices }) => pick({
  label: say('ask.worker'),
  names: ['worker'],
  items: choices.people.map(({ code, name, area }) => ({ value: code, label: name, note: area })),
  read: (worker) => ({ worker }),
});

const calledUnit = ({ incident }) => pick({
  label: say('ask.unit'),
  names: ['unit'],
  items: incident.dispatches.filter((each) => each.whistle && each.unit)
    .map(({ unit, name }) => ({ value: unit, label: name })),
  read: (unit) => ({ unit }),
});

/** Photos of one kind; needed as a function of the incident. */
const pictures = (role, isNeeded = () => false) => ({ incident, tools }) => (tools.prepare
  ? photoList({ role, label: say(`ask.photos_${role}`), needed: isNeeded(incident), tools })
  : null);
const proofNeeded = (incident) => incident.photo_rule === 'required';
const onSite = (incident) => incident.verify === 'on_site';

const here = (isNeeded) => ({ incident, tools }) => (tools.locate
  ? spot({ needed: isNeeded(incident), locate: tools.locate })
  : null);

const rightPlace = ({ incident, tools }) => position({ from: incident, pick: tools.pick });

/** What was said on the telephone; who was not reached has said nothing. */
function telephone() {
  const answers = [
    yesNo({ key: 'resolved', label: say('ask.resolved'), unknown: true }),
    yesNo({ key: 'satisfied', label: say('ask.satisfied'), unknown: true }),
  ];
  const show = (reached) => answers.forEach(({ node }) => { node.hidden = !reached; });
  const reached = yesNo({ key: 'reached', label: say('ask.reached'), onchange: show });
  show(false);
  const node = document.createElement('div');
  node.append(reached.node, ...answers.map((answer) => answer.node));
  return {
    ...reached,
    node,
    read() {
      const said = reached.read();
      return said.reached ? Object.assign(said, ...answers.map((answer) => answer.read())) : said;
    },
  };
}

// -- the table --------------------------------------------------------------------------------------

export const ASKS = {
  accept: [said],
  answer: [work, pictures('after', proofNeeded)],
  arrive: [here(() => true), said],
  ask_check: [said],
  ask_extension: [more, needed],
  ask_verify: [said],
  assist: [work, pictures('after')],
  call_back: [telephone, said],
  check: [reason('finding', say('ask.finding')), said, pictures('check')],
  close: [said],
  correct: [category, said],
  decide: [decided, needed],
  dispatch: [toWhom, ownLimit, said],
  escalate: [needed],
  fail: [needed, here(() => false), pictures('verify')],
  grant_extension: [said],
  hand_over: [otherArea, needed],
  merge: [duplicate, said],
  move: [rightPlace, said],
  name_lead: [leadPerson, said],
  pass: [here(onSite), pictures('verify', onSite), said],
  press: [usual(() => say('ask.press_words'))],
  rate: [stars, said],
  rate_help: [calledUnit, stars, said],
  refuse: [reason('reason', say('ask.reason')), needed],
  refuse_extension: [needed],
  register: [needed],
  remark: [needed],
  reopen: [needed],
  report_in: [said],
  restore: [said],
  resume: [said],
  return: [reason('reason', say('ask.reason'), { begin: true }), proposed, asReason],
  settle: [work, pictures('before'), pictures('after', proofNeeded)],
  sign: [said],
  start: [said],
  suspend: [reason('reason', say('ask.reason')), () => note({ needed: true, label: say('ask.suspend_note') })],
  whistle: [lead, assisting, ownLimit, usual(() => say('ask.whistle_words'))],
};

const CHOOSING = new Set([
  'ask_extension', 'check', 'correct', 'decide', 'dispatch', 'hand_over', 'merge', 'name_lead', 'refuse',
  'return', 'suspend', 'whistle',
]);

/** Whether the form of a deed needs the choices of the incident. */
export const asksChoices = (deed) => CHOOSING.has(deed);
