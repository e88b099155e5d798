/** Who is on duty now, area by area, with a number to call; and who is on emergency duty, where. */
import { get } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill, icon } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { say } from './words.js';

/**
 * @param {HTMLDialogElement} dialog
 * @param {{now: function(): number, show: function({lon, lat})}} tools show: look there on the map
 * @returns {function()} open
 */
export function createRoster(dialog, tools) {
  return async function open() {
    const body = el('div', { class: 'roster' }, el('p', { class: 'wait' }, say('roster.loading')));
    const search = el('input', { type: 'search', placeholder: say('roster.search'), 'aria-label': say('roster.search') });
    fill(dialog, el('h2', { id: 'roster-title' }, say('roster.title')), el('div', { class: 'with-what' }, search), body,
      el('p', { class: 'buttons' },
        el('button', { type: 'button', class: 'button', onclick: () => window.print() }, icon('print'), say('roster.print')),
        el('button', { type: 'button', class: 'button main', onclick: () => dialog.close() }, say('photo.shut'))));
    dialog.showModal();
    search.focus();
    try {
      const told = await get(config.urls.roster);
      const draw = () => fill(body, content(told, search.value.trim().toLowerCase(), tools, dialog));
      search.addEventListener('input', draw);
      draw();
    } catch {
      fill(body, el('p', { class: 'fault', role: 'alert' }, say('incident.unreachable')));
    }
  };
}

function content({ areas, emergency }, wanted, tools, dialog) {
  const found = areas.map((area) => narrowed(area, wanted)).filter(({ people }) => people.length);
  return [
    emergency.length > 0 && el('section', { class: 'emergency' }, el('h3', {}, say('roster.emergency', { count: emergency.length })),
      el('ul', {}, emergency.map((one) => onCall(one, tools, dialog)))),
    found.map(({ name, level, people }) => el('section', {}, el('h3', {}, name, ' ', el('small', {}, say(`level.${level}`))),
      el('ul', {}, people.map((one) => el('li', {}, icon('person'), el('span', {}, one.name), el('small', {}, one.role), call(one)))))),
    found.length === 0 && el('p', { class: 'none' }, areas.length ? say('roster.none_found') : say('roster.none')),
  ];
}

/** The whole area when its name is meant, else those of its people who are. */
function narrowed(area, wanted) {
  const holds = (text) => text.toLowerCase().includes(wanted);
  if (!wanted || holds(area.name) || holds(area.code)) return area;
  return { ...area, people: area.people.filter(({ name, phone, role }) => holds(name) || holds(phone) || holds(role)) };
}

function onCall(one, { now, show }, dialog) {
  const there = one.lon !== null;
  return el('li', {}, icon('pin'), el('span', {}, one.name), el('small', {}, one.area),
    there && el('button', { type: 'button', class: 'link', onclick: () => { dialog.close(); show(one); } }, say('roster.last_seen', { when: when(one.at, now()) })),
    !there && el('small', {}, say('roster.no_place')), call(one));
}

const call = ({ phone }) => phone && el('a', { href: `tel:${phone}`, class: 'figure' }, icon('call'), phone);
