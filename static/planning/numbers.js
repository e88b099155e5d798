/** Numbers as people read them. Pure. */
import { pageLanguage } from '../shared/words.js';

const tag = () => (pageLanguage() === 'en' ? 'en-GB' : 'zh-CN');

/** People, whole. */
export const people = (value) => Math.round(value).toLocaleString(tag());

/** A share of 0 to 1 as per cent, one decimal under 10. */
export function percent(share) {
  const value = share * 100;
  const digits = value > 0 && value < 10 ? 1 : 0;
  return `${value.toLocaleString(tag(), { minimumFractionDigits: 0, maximumFractionDigits: digits })} %`;
}

/** A difference with its sign; a true minus. */
export const signed = (value) => `${value < 0 ? '−' : '+'}${people(Math.abs(value))}`;

/** Whole minutes, rounded up: who needs 15:20 is not there in 15. */
export const minutes = (seconds) => Math.ceil(seconds / 60);
