/** The words of the phone page. */
import { speaker } from '../shared/words.js';
import en from './words.en.js';
import zh from './words.zh-hans.js';

export const say = speaker({ 'zh-hans': zh, en });
