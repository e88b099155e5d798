/** 阳光模式: pure black on white for noon outside. The phone remembers it. */
import { remember, remembered } from './kept.js';

/** @param {HTMLElement} button a toggle with aria-pressed */
export function startSunlight(button) {
  let on = remembered('sunlight', false);

  function draw() {
    document.documentElement.dataset.sunlight = on ? 'on' : 'off';
    button.setAttribute('aria-pressed', String(on));
  }

  button.addEventListener('click', () => {
    on = !on;
    remember('sunlight', on);
    draw();
  });
  draw();
}
