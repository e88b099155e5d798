/**
 * On the start page, where people log out: what is not sent yet is asked about first. It stays on
 * this phone, for the same person; the next one sees nothing of it.
 */
import { openStore } from './db.js';
import { say } from './words.js';

/** How many items and begun forms of this person are on the phone; 0 where none can be kept. */
async function leftBehind(owner) {
  try {
    const store = await openStore();
    const all = [...await store.items(), ...(await store.drafts()).filter(({ filled }) => filled)];
    return all.filter((each) => each.owner === owner).length;
  } catch (error) {
    return 0;
  }
}

const { leaving } = document.querySelector('[data-leaving]').dataset;

document.querySelector('form.account').addEventListener('submit', async (event) => {
  const form = event.target;
  event.preventDefault();
  const count = await leftBehind(leaving);
  if (!count || window.confirm(say('leave.sure', { count }))) form.submit();
});
