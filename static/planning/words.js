/** say('key', {values}) in the language of the page; see static/shared/words.js. */
import { speaker } from '../shared/words.js';
import en from './words.en.js';
import zh from './words.zh-hans.js';

export const say = speaker({ 'zh-hans': zh, en });
