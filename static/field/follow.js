/** What becomes of a deed while people look: done, refused, or kept on the phone for later. */
const PATIENCE_MS = 15000;   // then it goes on by itself and people may go on too

/**
 * Put a deed into the outbox and wait for its fate.
 * @param {Object} how draft: the form on disk, which the deed takes the place of; here(): whether
 *   people still look at it when the server says no: then they are told. It waits in the queue all
 *   the same, until they say what becomes of it
 * @returns {Promise<{receipt: ?Object, error: ?Error, entry: ?Object}>} receipt: the server's answer;
 *   error: it said no, and the entry as it waits; neither: it is on disk and will be sent
 */
export async function follow(outbox, entry, photos, { draft = null, here = () => true, patience = PATIENCE_MS } = {}) {
  let stop = () => {};
  let timer = null;
  const fate = new Promise((resolve) => {
    timer = setTimeout(() => resolve({}), patience);
    stop = outbox.listen((news) => {
      if (!news.entry || !(news.receipt || news.error)) return;
      if (news.entry.id === entry.id) resolve(news);
      // One before it cannot go now: then neither can this.
      else if (news.error && news.entry.state === 'waiting') resolve({});
    });
  });
  try {
    await outbox.keep(entry, photos, draft);
    return outcome(await fate, here);
  } finally {
    clearTimeout(timer);
    stop();
  }
}

function outcome({ entry, receipt, error }, here) {
  if (receipt) return { receipt, error: null };
  // The deed is done and only a photo is missing: that one stays in the queue.
  if (error && error.delivered) return { receipt: error.delivered, error: null };
  if (!error || entry.state === 'waiting' || !here()) return { receipt: null, error: null };
  return { receipt: null, error, entry };
}
