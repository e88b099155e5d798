/** Asking the server as the one who is logged in, and saying so when nobody is any more. */
import { Refused, get } from '../shared/api.js';
import { byId } from '../shared/dom.js';

/** GET for everything people look at; throws what get() throws. */
export async function ask(url) {
  try {
    const answer = await get(url);
    signedOut(false);
    return answer;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) signedOut(true);
    throw error;
  }
}

/** Show or hide the way back in; nothing on the phone is lost meanwhile. */
export function signedOut(is) {
  byId('signed-out').hidden = !is;
}
