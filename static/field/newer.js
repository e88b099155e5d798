/** 新版本已就绪: a newer page waits; people decide when, and nothing is interrupted for it. */
import { byId } from '../shared/dom.js';
import { say } from './words.js';

/** @param {function(): Promise<boolean>} begin false while a page is in the middle of something */
export function offerNewer(begin) {
  const note = byId('newer');
  const button = note.querySelector('button');
  note.hidden = false;
  button.onclick = async () => {
    button.disabled = true;
    if (!await begin()) note.querySelector('span').textContent = say('newer.busy');
    button.disabled = false;
  };
}
