/** The feed of the desk: where its snapshot, events and stream come from. */
import { get, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';
import { Feed } from '../shared/feed.js';

const ASKED_MS = 6000;    // a question unanswered for so long frees its connection for the next

/** @param {{store, clock, onChange, onStatus}} parts see Feed */
export function createFeed(parts) {
  const feed = new Feed({
    ...parts,
    loadSnapshot: () => get(config.urls.snapshot),
    loadEvents: (after, scope) => get(withQuery(config.urls.events, { after, scope }), ASKED_MS),
    openStream: (after, scope) => new EventSource(
      withQuery(streamUrl(), { after, scope }), { withCredentials: true }),
  });
  window.addEventListener('online', () => feed.poke());
  return feed;
}

/** The stream has the page's own origin behind a proxy, and a port of its own without one. */
function streamUrl() {
  const { port, path } = config.live;
  return port ? `${window.location.protocol}//${window.location.hostname}:${port}${path}` : path;
}
