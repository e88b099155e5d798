/** On the start page, which is where a log-out leads: nothing of who has gone stays to be shown. */
import { loggedIn, moveOut } from './whose.js';

const { fieldPage } = document.querySelector('[data-field-page]').dataset;

if (!loggedIn()) moveOut(fieldPage).catch(() => {});
