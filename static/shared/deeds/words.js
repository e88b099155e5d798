/** say('key', {values}) for the forms and the timeline, which desk and phone share word for word. */
import { speaker } from '../words.js';
import en from './words.en.js';
import zh from './words.zh-hans.js';

export const say = speaker({ 'zh-hans': zh, en });
