/** The time slider: a day played again on the map, told loudly that it is not live. */
import { get, Refused, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill, icon } from '../shared/dom.js';
import { Day } from './day.js';
import { say } from './words.js';

const FRAME_MS = 100;
const SPEEDS = [60, 300, 900, 3600];    // seconds of the day in a second
const two = (number) => String(number).padStart(2, '0');
const clockFace = (second) => `${two(Math.floor(second / 3600))}:${two(Math.floor((second % 3600) / 60))}`;
const dayOf = (ms) => {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

/**
 * @param {{button, bar: HTMLElement}} places
 * @param {{now: function(): number, area: function(): string, show: function({rows, now}|null)}} desk
 *   area: the code of the one chosen, '' for none; show null: live again
 */
export function createReplay({ button, bar }, { now, area, show }) {
  let day = null;
  let second = 0;
  let timer = 0;
  let asked = 0;

  const date = el('input', { type: 'date', 'aria-label': say('replay.day'), onchange: () => load() });
  const slider = el('input', { type: 'range', min: 0, max: 86400, step: 60, value: 0, 'aria-label': say('replay.time'), oninput: () => seek(Number(slider.value)) });
  const face = el('output', { class: 'figure' }, '00:00');
  const play = el('button', { type: 'button', class: 'button', onclick: () => toggle() }, say('replay.play'));
  const speed = el('select', { 'aria-label': say('replay.speed') },
    SPEEDS.map((rate) => el('option', { value: rate }, say('replay.rate', { minutes: rate / 60 }))));
  const note = el('p', { class: 'note', role: 'status' });
  const live = el('button', { type: 'button', class: 'button main', onclick: () => leave() }, say('replay.live'));
  fill(bar, el('strong', {}, icon('clock'), say('replay.title')), date, play, speed, slider, face, live, note);

  async function load() {
    stop();
    if (!date.value) return;
    asked += 1;
    const mine = asked;
    note.textContent = say('replay.loading');
    try {
      const told = await get(withQuery(config.urls.replay, { day: date.value, area: area() }), 60000);
      if (mine !== asked || bar.hidden) return;
      day = new Day(told);
      slider.max = day.length;
      note.textContent = say('replay.count', { count: told.incidents.length });
      seek(0);
    } catch (error) {
      if (mine !== asked) return;
      day = null;
      note.textContent = error instanceof Refused ? error.message : say('incident.unreachable');
    }
  }

  function seek(to) {
    if (!day) return;
    second = Math.min(to, day.length);
    slider.value = second;
    slider.setAttribute('aria-valuetext', clockFace(second));
    face.textContent = clockFace(second);
    show({ rows: day.rows(second), now: day.at(second) });
    if (second >= day.length) stop();
  }

  function toggle() {
    if (timer) {
      stop();
      return;
    }
    if (!day) return;
    if (second >= day.length) seek(0);
    play.textContent = say('replay.pause');
    timer = setInterval(() => seek(second + (Number(speed.value) * FRAME_MS) / 1000), FRAME_MS);
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = say('replay.play');
  }

  function enter() {
    bar.hidden = false;
    document.body.dataset.replay = 'on';
    button.setAttribute('aria-pressed', 'true');
    date.max = dayOf(now());
    date.value = date.value || date.max;
    date.focus();
    load();
  }

  function leave() {
    if (bar.hidden) return false;
    stop();
    asked += 1;
    day = null;
    bar.hidden = true;
    delete document.body.dataset.replay;
    button.setAttribute('aria-pressed', 'false');
    button.focus();
    show(null);
    return true;
  }

  button.addEventListener('click', () => (bar.hidden ? enter() : leave()));
  bar.addEventListener('keydown', (event) => {
    if (event.key !== ' ' || event.target !== slider) return;
    event.preventDefault();
    toggle();
  });
  return { leave };
}
