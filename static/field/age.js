/** How old what is on screen is, where it is not the server's word of this moment. */
import { el, icon } from '../shared/dom.js';
import { when } from '../shared/when.js';
import { say } from './words.js';

/** @param {?number} at epoch ms */
export const ageNote = (at, tag = 'p') => el(tag, { class: 'notice age', 'data-kind': 'warn', role: 'status' },
  icon('offline'), el('span', {}, say('age.offline', { when: when(new Date(at).toISOString()) })));
