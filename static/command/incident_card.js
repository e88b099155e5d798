/** An incident in the drawer: what, where, who has it, why there, what happened, what next. */
import { el, icon } from '../shared/dom.js';
import { isOpen } from '../shared/states.js';
import { moment, when } from '../shared/when.js';
import { clockOf, dueOf } from './deadline.js';
import { deedBar } from './deeds.js';
import { dispatchList } from './dispatches.js';
import { dueWords } from './due.js';
import { gapsAround } from './gaps.js';
import { links } from './links.js';
import { marker } from './marks.js';
import { nearby } from './nearby.js';
import { peopleOf } from './people.js';
import { photoGroups } from './photos.js';
import { tagsOf } from './tags.js';
import { timeline } from './timeline.js';
import { why } from './why.js';
import { say } from './words.js';

/**
 * @param {object} incident a row of the list, or the whole with route, photos, timeline, deeds
 * @param {object} tools see Drawer: tree, now, ask, open, onShow, openPhotos
 */
export function incidentCard(incident, tools) {
  const whole = incident.timeline !== undefined;
  return el('article', { 'data-state': incident.state },
    head(incident, tools.now()),
    whole && links(incident, tools),
    facts(incident, tools),
    incident.words && el('p', { class: 'said' }, incident.words),
    whole && section(say('dispatch.title'), dispatchList(incident, tools)),
    whole && section(say('incident.photos'), photoGroups(incident, tools)),
    whole && why(incident),
    peopleOf(incident.area, tools.tree),
    whole && nearby(incident, tools),
    whole && gapsAround(incident),
    whole && section(say('incident.timeline'), timeline(incident, tools)),
    whole && deedBar(incident, tools));
}

function head(incident, now) {
  const clock = clockOf(incident, now);
  return el('header', {},
    el('p', { class: 'number' }, incident.number),
    el('h2', {}, incident.category_name),
    el('p', { class: 'standing' },
      marker({ state: incident.state, unrouted: incident.area === null }),
      el('span', { class: 'badge' }, say(`state.${incident.state}`)),
      tagsOf(incident),
      clock && el('span', { class: 'due', 'data-due': clock }, icon('clock'), dueWords(incident, now))));
}

function facts(incident, tools) {
  const fact = (label, ...value) => [el('dt', {}, label), el('dd', {}, ...value)];
  const time = (iso) => el('time', { datetime: iso, title: moment(iso) }, when(iso, tools.now()));
  const accuracy = incident.accuracy_m && say('incident.accuracy', { metres: Math.round(incident.accuracy_m) });
  const step = dueOf(incident);
  return el('dl', { class: 'facts' },
    fact(say('incident.place'), incident.area_name || say('list.no_area')),
    fact(say('incident.reported_at'), time(incident.reported_at), incident.reporter && ` · ${incident.reporter}`),
    isOpen(incident) && [
      step !== incident.due_at && fact(say('incident.step_due_at'), moment(step)),
      fact(say('incident.due_at'), moment(incident.due_at)),
    ],
    incident.closed_at && fact(say('incident.closed_at'), time(incident.closed_at)),
    incident.lead && fact(say('incident.lead'), incident.lead),
    incident.escalated_to && fact(say('incident.escalated_to'), incident.escalated_to),
    counts(incident).length > 0 && fact(say('incident.counts'), counts(incident).join(' · ')),
    incident.ratings && incident.ratings.length > 0 && fact(say('incident.ratings'), incident.ratings.map(rating)),
    fact(say('incident.position'),
      el('span', { class: 'figure' }, `${incident.lon.toFixed(5)}, ${incident.lat.toFixed(5)}`),
      accuracy && ` · ${accuracy}`,
      el('button', { type: 'button', class: 'link', onclick: () => tools.onShow(incident) }, say('incident.show'))));
}

/** How often it went back and forth; nothing while it has not. */
function counts({ returns, hand_overs: handOvers, reworks }) {
  return [
    returns > 0 && say('incident.returns', { count: returns }),
    handOvers > 0 && say('incident.hand_overs', { count: handOvers }),
    reworks > 0 && say('incident.reworks', { count: reworks }),
  ].filter(Boolean);
}

const rating = ({ stars, words }) => el('p', {},
  el('span', { class: 'starred', 'aria-hidden': 'true' }, '★'.repeat(stars)),
  el('span', { class: 'only-read' }, say('incident.stars', { count: stars })), words && ` ${words}`);

/** A titled part of the drawer; nothing when there is nothing in it. */
function section(title, content) {
  return content && el('section', {}, el('h3', {}, title), content);
}
