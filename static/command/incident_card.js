/** An incident in the drawer: what, where, why there, who answers for it, what happened, what next. */
import { el, icon } from '../shared/dom.js';
import { isOpen } from '../shared/states.js';
import { due, moment, span, when } from '../shared/when.js';
import { clockOf } from './deadline.js';
import { deedBar } from './deeds.js';
import { marker } from './marks.js';
import { peopleOf } from './people.js';
import { why } from './why.js';
import { say } from './words.js';

/**
 * @param {object} incident a row of the list, or the whole with route, photos, timeline, deeds
 * @param {object} tools see Drawer: tree, take, onShow, openPhotos, dialog
 */
export function incidentCard(incident, tools) {
  const whole = incident.timeline !== undefined;
  return el('article', { 'data-state': incident.state },
    head(incident, tools.now()),
    facts(incident, tools),
    incident.words && el('p', { class: 'said' }, incident.words),
    whole && photos(incident, tools),
    whole && why(incident),
    peopleOf(incident.area, tools.tree),
    whole && timeline(incident.timeline),
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
      clock && el('span', { class: 'due', 'data-due': clock }, icon('clock'),
        say(`due.${clock}`, { span: span(due(incident.due_at, now).ms) }))));
}

function facts(incident, tools) {
  const fact = (label, ...value) => [el('dt', {}, label), el('dd', {}, ...value)];
  const time = (iso) => el('time', { datetime: iso, title: moment(iso) }, when(iso, tools.now()));
  const accuracy = incident.accuracy_m && say('incident.accuracy', { metres: Math.round(incident.accuracy_m) });
  return el('dl', { class: 'facts' },
    fact(say('incident.place'), incident.area_name || say('list.no_area')),
    fact(say('incident.reported_at'), time(incident.reported_at), incident.reporter && ` · ${incident.reporter}`),
    isOpen(incident)
      ? fact(say('incident.due_at'), moment(incident.due_at))
      : fact(say('incident.closed_at'), incident.closed_at && time(incident.closed_at)),
    fact(say('incident.position'),
      el('span', { class: 'figure' }, `${incident.lon.toFixed(5)}, ${incident.lat.toFixed(5)}`),
      accuracy && ` · ${accuracy}`,
      el('button', { type: 'button', class: 'link', onclick: () => tools.onShow(incident) }, say('incident.show'))));
}

function photos(incident, { openPhotos }) {
  const list = incident.photos_list.filter((photo) => photo.stored);
  if (!list.length) return null;
  return section(say('incident.photos'), el('ul', { class: 'photos' }, list.map((photo, index) => el('li', {},
    el('button', { type: 'button', onclick: () => openPhotos(list, index) },
      el('img', { src: photo.thumb_url, loading: 'lazy', alt: say('incident.photo', { n: index + 1, count: list.length }) }))))));
}

function timeline(events) {
  return section(say('incident.timeline'), el('ol', { class: 'timeline' }, events.map((event) => el('li', { 'data-state': event.state },
    el('p', {}, el('strong', {}, say(`kind.${event.kind}`)), event.by && ` ${event.by}`),
    el('time', { datetime: event.at }, moment(event.at)),
    event.note && el('p', { class: 'note' }, event.note)))));
}

/** A titled part of the drawer. */
export function section(title, ...content) {
  return el('section', {}, el('h3', {}, title), ...content);
}
