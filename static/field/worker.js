/**
 * The service worker, seen from the page: registered once the page has nothing better to do, asked to
 * keep what the pack names, and replaced by a newer version when people say so and no page is busy.
 */
const ASK_AGAIN_MS = 30 * 60 * 1000;

/**
 * @param {Object} parts container: navigator.serviceWorker, undefined where there is none;
 *   url, scope; busy: whether people are in the middle of something; ripe: called when a newer
 *   version waits, with a way to start it that resolves to false when a page is busy; reload
 */
export function createWorker({ container, url, scope, busy, ripe, reload }) {
  let registration = null;
  let checked = Date.now();

  async function register() {
    registration = await container.register(url, { scope, updateViaCache: 'none' });
    if (registration.waiting) offer(registration.waiting);
    registration.addEventListener('updatefound', () => watch(registration.installing));
    if (registration.installing) watch(registration.installing);
  }

  /** The first version of all is no news; a later one waits until people want it. */
  function watch(coming) {
    const first = !registration.active;
    coming.addEventListener('statechange', () => {
      if (coming.state === 'installed' && !first) offer(coming);
    });
  }

  function offer(waiting) {
    waiting.addEventListener('statechange', () => {
      if (waiting.state === 'activated' && !busy()) reload();
    });
    ripe(async () => (await errand(waiting, { errand: 'update' }, ({ free }) => free !== undefined)).free);
  }

  /** Ask for a newer version now and then: a page may be open all day. */
  function check(now = Date.now()) {
    if (!registration || now - checked < ASK_AGAIN_MS) return;
    checked = now;
    registration.update().catch(() => {});
  }

  /** Let the worker hold exactly these addresses; `told` hears {done, of, bytes, full} on the way. */
  async function keep(name, urls, told = () => {}) {
    if (!container) return null;
    const { active } = await container.ready;
    return errand(active, { errand: 'keep', name, urls }, (news) => {
      told(news);
      return Boolean(news.finished || news.failed);
    });
  }

  if (container) {
    container.addEventListener('message', ({ data, ports }) => {
      if (data && data.question === 'free') ports[0].postMessage({ free: !busy() });
    });
  }

  return { there: Boolean(container), register, check, keep };
}

/** Send the worker on an errand; resolves with the first news that `enough` is content with. */
function errand(worker, order, enough) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => { if (enough(data)) resolve(data); };
    worker.postMessage(order, [port2]);
  });
}
