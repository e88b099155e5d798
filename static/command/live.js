/** The feed of the desk: where its snapshot, events and stream come from. */
import { get, withQuery } from '../shared/api.js';
import { config } from '../shared/config.js';
import { Feed } from '../shared/feed.js';

/** @param {{store, clock, onChange, onStatus}} parts see Feed */
export function createFeed(parts) {
  return new Feed({
    ...parts,
    loadSnapshot: () => get(config.urls.snapshot),
    loadEvents: (after) => get(withQuery(config.urls.events, { after })),
    openStream: (after) => new EventSource(withQuery(streamUrl(), { after }), { withCredentials: true }),
  });
}

/** The stream has the page's own origin behind a proxy, and a port of its own without one. */
function streamUrl() {
  const { port, path } = config.live;
  return port ? `${window.location.protocol}//${window.location.hostname}:${port}${path}` : path;
}
