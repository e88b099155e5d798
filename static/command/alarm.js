/**
 * The alarm for emergencies: a sound made here (no file), a frame that flashes, and a banner with
 * the incident that stays until somebody looks. Silence is remembered by this browser.
 */
import { el, fill, icon } from '../shared/dom.js';
import { say } from './words.js';

const MUTED = 'grid.desk.muted';
const TONES_HZ = [880, 660, 880, 660];
const TONE_S = 0.22;
const FLASH_MS = 6000;

/**
 * @param {{banner, button: HTMLElement}} places  @param {function(string)} open shows an incident
 * @returns {function(object[])} ring for rows that have just come
 */
export function createAlarm({ banner, button }, open) {
  let sound = null;
  let timer = 0;
  const muted = () => window.localStorage.getItem(MUTED) === 'yes';

  // Browsers let a page sound only after somebody has touched it.
  const ready = () => { sound = sound || new AudioContext(); };
  document.addEventListener('pointerdown', ready, { once: true });
  document.addEventListener('keydown', ready, { once: true });

  function nameButton() {
    const words = muted() ? say('alarm.unmute') : say('alarm.mute');
    button.setAttribute('aria-pressed', muted());
    button.setAttribute('aria-label', words);
    button.title = words;
  }

  function quiet() {
    banner.hidden = true;
    clearTimeout(timer);
    delete document.body.dataset.alarm;
  }

  button.addEventListener('click', () => {
    window.localStorage.setItem(MUTED, muted() ? 'no' : 'yes');
    nameButton();
  });
  nameButton();

  return function ring(rows) {
    if (!rows.length) return;
    const row = rows[rows.length - 1];
    const more = rows.length - 1;
    const show = () => { quiet(); open(row.id); };
    fill(banner, icon('warn'),
      el('strong', {}, say('alarm.title')),
      el('span', {}, `${row.category_name} · ${row.area_name || say('list.no_area')} · ${row.number}`),
      more > 0 && el('span', {}, say('alarm.more', { count: more })),
      el('button', { type: 'button', class: 'button', onclick: show }, say('alarm.show')),
      el('button', { type: 'button', class: 'button quiet', onclick: quiet }, say('alarm.seen')));
    banner.hidden = false;
    document.body.dataset.alarm = 'on';
    clearTimeout(timer);
    timer = setTimeout(() => { delete document.body.dataset.alarm; }, FLASH_MS);
    if (sound && !muted()) play(sound);
  };
}

function play(sound) {
  TONES_HZ.forEach((pitch, index) => {
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    const start = sound.currentTime + index * TONE_S;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
    tone.connect(volume).connect(sound.destination);
    tone.start(start);
    tone.stop(start + TONE_S);
  });
}
