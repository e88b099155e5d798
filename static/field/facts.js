/** What the detail says about an incident, part by part. */
import { story } from '../shared/deeds/story.js';
import { el, icon } from '../shared/dom.js';
import { moment } from '../shared/when.js';
import { badge, deadline } from './rows.js';
import { say } from './words.js';

const ASKING = ['dispatch', 'decide', 'whistle', 'start', 'ask_check', 'ask_verify', 'fail'];
const STAGES = ['dispatched', 'in_progress'];    // there the step's time is the case's own

export const head = (incident) => el('div', { class: 'detail-head' },
  el('h2', {}, incident.category_name),
  el('p', { class: 'row-foot' }, badge(incident.state), deadline(incident)),
  marks(incident),
  incident.words && el('p', {}, incident.words));

const marks = (incident) => {
  const words = [
    incident.settled && say('mark.settled'),
    incident.open_problem && say('mark.open_problem'),
    incident.objection && say('mark.objection'),
    incident.reworks > 0 && say('mark.reworks', { count: incident.reworks }),
    incident.duplicates > 0 && say('mark.duplicates', { count: incident.duplicates }),
    incident.merged_into && say('mark.merged', { number: incident.merged_into.number }),
  ].filter(Boolean);
  return words.length > 0 && el('p', { class: 'row-foot' }, words.join(' · '));
};

/** Who asked for the present step, and why it came here. */
export function asking(incident) {
  const event = incident.deeds.length && incident.timeline.filter(({ kind }) => ASKING.includes(kind)).pop();
  if (!event) return null;
  const { title, lines } = story(event);
  return el('section', { class: 'card asking' },
    el('h3', {}, say('detail.asked_by', { by: event.by, what: title })),
    [...lines, event.note].filter(Boolean).map((line) => el('p', {}, line)));
}

export const facts = (incident) => el('dl', { class: 'facts' },
  fact(say('detail.number'), incident.number),
  fact(say('detail.area'), incident.area_name || say('place.outside')),
  incident.holder && fact(say('detail.holder'), incident.holder),
  fact(say('detail.at'), moment(incident.reported_at)),
  incident.stage_due_at && !STAGES.includes(incident.state) && fact(say('detail.step_due'), moment(incident.stage_due_at)),
  fact(say('detail.due'), moment(incident.due_at)),
  incident.reporter && fact(say('detail.reporter'), incident.reporter),
  incident.lead && fact(say('detail.lead'), incident.lead),
  incident.escalated_to && fact(say('detail.escalated'), incident.escalated_to));

const fact = (name, value) => el('div', {}, el('dt', {}, name), el('dd', {}, value));

/** The photos with what each shows. */
export const pictures = ({ photos_list: photos }) => (photos.length > 0 && el('ul', { class: 'thumbs shown' },
  photos.map((photo, i) => el('li', {}, el('div', { class: 'thumb' }, photo.stored
    ? el('a', { href: photo.url }, el('img', { src: photo.thumb_url, alt: say('photo.nth', { count: i + 1 }) }))
    : el('span', { class: 'coming' }, icon('send'), say('photo.on_its_way'))), say(`role.${photo.role}`)))));

export const why = (incident) => (incident.route.reason && el('details', { class: 'why' },
  el('summary', {}, say('detail.why')), el('p', {}, incident.route.reason)));
