/** What becomes of a deed while people look: done, refused, or kept on the phone for later. */
const PATIENCE_MS = 15000;   // then it goes on by itself and people may go on too

/**
 * Put a deed into the outbox and wait for its fate.
 * @param {function(): boolean} here whether people still look at it when the server says no: then
 *   they decide anew and nothing is left to be sent; else it waits for them in the queue
 * @returns {Promise<{receipt: ?Object, error: ?Error}>} receipt: the server's answer; error: it said
 *   no; neither: it is on disk and will be sent
 */
export async function follow(outbox, entry, photos, { here = () => true, patience = PATIENCE_MS } = {}) {
  let stop = () => {};
  let timer = null;
  const fate = new Promise((resolve) => {
    timer = setTimeout(() => resolve({}), patience);
    stop = outbox.listen((news) => {
      if (news.entry && news.entry.id === entry.id && (news.receipt || news.error)) resolve(news);
    });
  });
  try {
    await outbox.keep(entry, photos);
    return await outcome(await fate, outbox, here);
  } finally {
    clearTimeout(timer);
    stop();
  }
}

async function outcome({ entry, receipt, error }, outbox, here) {
  if (receipt) return { receipt, error: null };
  // The deed is done and only a photo is missing: that one stays in the queue.
  if (error && error.delivered) return { receipt: error.delivered, error: null };
  if (!error || entry.state !== 'stuck' || !here()) return { receipt: null, error: null };
  await outbox.discard(entry);
  return { receipt: null, error };
}
