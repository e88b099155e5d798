/** Asking the server as the one who is logged in, and saying so when nobody is any more. */
import { Refused, get } from '../shared/api.js';
import { byId } from '../shared/dom.js';

let refusals = 0;

/** GET for everything people look at; throws what get() throws. */
export async function ask(url) {
  const before = refusals;
  try {
    const answer = await get(url);
    if (refusals === before) signedOut(false);   // an answer from before the log-in ended says nothing
    return answer;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) signedOut(true);
    throw error;
  }
}

/** Show or hide the way back in; nothing on the phone is lost meanwhile. */
export function signedOut(is) {
  refusals += is ? 1 : 0;
  byId('signed-out').hidden = !is;
}
