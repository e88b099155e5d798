/** How fresh the picture is: always a time, and a loud banner when it has stopped. */
import { el, fill, icon } from '../shared/dom.js';
import { say } from './words.js';

const clockFace = (ms) => new Date(ms).toLocaleTimeString('zh-CN', { hourCycle: 'h23' });

/**
 * @param {{status, banner: HTMLElement}} places
 * @param {string} loginUrl where a lost login is renewed
 * @returns {function(string, number)} show(status, heardAt ms)
 */
export function createStatus({ status, banner }, loginUrl) {
  let told = '';
  return function show(now, heardAt) {
    document.body.dataset.live = now;
    const time = heardAt ? clockFace(heardAt) : '–';
    fill(status, el('span', { class: 'dot' }), el('span', { class: 'way' }, say(`live.${now}`)),
      el('span', { class: 'as-of figure' }, say('live.as_of', { time })));
    const words = warning(now, heardAt, time);
    if (words === told) return;    // said once: a screen reader must not hear it every second
    told = words;
    banner.hidden = !words;
    fill(banner, icon('offline'), el('span', {}, words),
      now === 'signed_out' && el('a', { class: 'button', href: loginUrl }, say('live.to_login')));
  };
}

function warning(now, heardAt, time) {
  if (now === 'signed_out') return say('live.login');
  if (now !== 'stale') return '';
  return heardAt ? say('live.stopped', { time }) : say('live.away');
}
