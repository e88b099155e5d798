/** A time limit in words. */
import { say } from './words.js';

/** '2 个工作日' @param {{amount: number, kind: string}} limit */
export const limitWords = ({ amount, kind }) => say(`limit.${kind}`, { amount, count: amount });
