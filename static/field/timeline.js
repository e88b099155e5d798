/** 办理过程: every step in plain words, the latest at the top. */
import { story } from '../shared/deeds/story.js';
import { el } from '../shared/dom.js';
import { moment } from '../shared/when.js';
import { badge } from './rows.js';
import { say } from './words.js';

export const timeline = (incident) => el('section', { class: 'timeline' },
  el('h2', {}, say('detail.timeline')),
  el('ol', {}, incident.timeline.map((event, i) => step(event, incident.timeline[i - 1])).reverse()));

function step(event, before) {
  const { title, lines, marked } = story(event);
  const moved = !before || before.state !== event.state;
  return el('li', {},
    el('p', { class: 'row-foot' }, el('strong', {}, title), moved && badge(event.state)),
    el('p', { class: 'row-time' }, [moment(event.at), event.by].filter(Boolean).join(' · ')),
    lines.map((line) => el('p', {}, line)),
    marked.map((line) => el('p', { class: 'marked' }, line)),
    event.note && el('blockquote', {}, event.note));
}
