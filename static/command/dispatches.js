/** Whom a case was given to: the lead and the units whistled for, each with clock, signature, answer. */
import { el, icon } from '../shared/dom.js';
import { limitWords } from '../shared/deeds/limits.js';
import { say as sayDeed } from '../shared/deeds/words.js';
import { due, moment, span, when } from '../shared/when.js';
import { say } from './words.js';

const SECOND = 1000;
const PAST = ['redirected', 'returned'];

/**
 * @param {object} incident dispatches, suspended, deeds
 * @param {{now: function(): number, ask: function(string)}} tools ask opens the form of a deed
 */
export function dispatchList(incident, tools) {
  const all = [...incident.dispatches].reverse();
  if (!all.length) return null;
  const past = all.filter(({ outcome }) => PAST.includes(outcome));
  const present = all.filter((each) => !past.includes(each));
  const list = (some) => el('ul', { class: 'dispatches' }, some.map((each) => item(each, incident, tools)));
  return [
    present.length > 0 ? list(leadFirst(present)) : el('p', { class: 'none' }, say('dispatch.nobody')),
    past.length > 0 && el('details', {}, el('summary', {}, say('dispatch.past', { count: past.length })), list(past)),
  ];
}

const leadFirst = (list) => [...list].sort((a, b) => Number(b.part === 'lead') - Number(a.part === 'lead'));

function item(given, incident, tools) {
  return el('li', { 'data-part': given.part, 'data-outcome': given.outcome || 'running' },
    el('p', { class: 'who-has-it' }, el('strong', {}, given.name),
      given.whistle && el('span', { class: 'tag' }, say(`part.${given.part}`)), clock(given, incident, tools.now())),
    el('p', { class: 'line' }, stood(given, tools.now())),
    given.why.rule && el('p', { class: 'line' }, sayDeed('story.by_rule', given.why)),
    given.answer && el('p', { class: 'note' }, given.answer),
    returned(given),
    stars(given),
    given.extensions.map((extension) => more(extension, incident, tools)));
}

/** The clock of one who has not answered yet. */
function clock({ ended_at: ended, due_at: iso, part }, { suspended }, now) {
  if (ended) return null;
  if (suspended && part === 'lead') return el('span', { class: 'due' }, say('due.held'));
  const { kind, ms } = due(iso, now);
  return el('span', { class: 'due', 'data-due': kind, title: moment(iso) }, icon('clock'),
    kind === 'over' ? say('due.over', { span: span(ms) }) : say('due.ahead', { span: span(ms) }));
}

function stood(given, now) {
  const ago = (iso) => when(iso, Math.max(now, Date.parse(iso) + SECOND));    // never 'now given'
  const times = [say('dispatch.at', { when: ago(given.at) })];
  if (given.signed_at) times.push(say('dispatch.signed', { when: ago(given.signed_at) }));
  else if (!given.ended_at) times.push(given.part === 'lead' ? say('dispatch.unsigned') : say('dispatch.not_there'));
  if (given.outcome) times.push(say(`outcome.${given.outcome}`));
  return times.join(' · ');
}

function returned({ return_reason: reason, proposed, return_upheld: upheld }) {
  if (!reason) return null;
  const words = [
    sayDeed('story.reason', { reason: sayDeed(`ground.${reason}`) }),
    proposed && sayDeed('story.proposed', { name: proposed }),
    upheld === false && say('dispatch.overruled'),
  ];
  return el('p', { class: 'line' }, words.filter(Boolean).join(' · '));
}

function stars({ stars_for_unit: unit, stars_for_caller: caller }) {
  const words = [
    unit && sayDeed('story.stars_for_unit', { count: unit }),
    caller && sayDeed('story.stars_for_caller', { count: caller }),
  ].filter(Boolean);
  return words.length > 0 && el('p', { class: 'line' }, words.join(' · '));
}

/** More time: what was asked, and the answer or the two buttons that give it. */
function more({ granted, reason, ...limit }, { deeds }, { ask }) {
  const answer = granted === null ? 'asked' : granted ? 'granted' : 'refused';
  const mine = ['grant_extension', 'refuse_extension'].filter((deed) => granted === null && deeds.includes(deed));
  return el('div', { class: 'extension', 'data-answer': answer },
    el('p', {}, el('strong', {}, say(`extension.${answer}`, { limit: limitWords(limit) }))),
    el('p', { class: 'note' }, reason),
    mine.length > 0 && el('p', { class: 'pair' }, mine.map((deed) => el('button', {
      type: 'button', class: 'button', 'data-deed': deed, onclick: () => ask(deed),
    }, sayDeed(`deed.${deed}`)))));
}
