/**
 * Several desks in one Node process: the product's own feed and store, over real HTTP and a real
 * stream. `tests/web/test_consoles.py` starts it, cuts its links and asks what the desks know.
 *
 *   node consoles.js '{"web": "http://…", "live": "http://…", "desks": [{"cookie": "…"}]}'
 *
 * One JSON command a line comes in, one JSON answer a line goes out:
 *   {"do": "cut", "desk": 0} · {"do": "join", "desk": 0}     the link of one desk
 *   {"do": "settle", "sequence": 40, "scopes": ["…"]}        wait until each desk is there
 *   {"do": "tell"}                                           rows and counts of each desk
 */
import { createInterface } from 'node:readline';
import { ServerClock } from '../../static/command/clock.js';
import { Store } from '../../static/command/store.js';
import { Feed } from '../../static/shared/feed.js';

const LOOK_MS = 50;
const { web, live, desks } = JSON.parse(process.argv[2]);

/** A store that notes what it was told twice: an event that changed something a second time. */
class Watched extends Store {
  applied = new Set();
  events = 0;
  twice = 0;

  replace(snapshot) {
    this.applied.clear();
    super.replace(snapshot);
  }

  apply(event) {
    const change = super.apply(event);
    if (!change) return null;
    this.events += 1;
    if (this.applied.has(event.sequence)) this.twice += 1;
    this.applied.add(event.sequence);
    return change;
  }
}

/** A link that can be cut, like a cable: what is under way on it breaks off. */
class Link {
  #running = new Set();
  #cookie;
  cut = false;
  cuts = 0;

  constructor(cookie) { this.#cookie = cookie; }

  pull() {
    this.cut = true;
    this.cuts += 1;
    this.#running.forEach((breaker) => breaker.abort());
  }

  /** Fetch with this desk's login. The breaker also ends a body that is still being read. */
  async ask(url, breaker = new AbortController()) {
    if (this.cut) throw new Error('no network');
    this.#running.add(breaker);
    breaker.signal.addEventListener('abort', () => this.#running.delete(breaker));
    return fetch(url, { headers: { Cookie: this.#cookie }, signal: breaker.signal });
  }

  async json(url) {
    const answer = await this.ask(url);
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(body.code), { status: answer.status });
    return body;
  }
}

/** What a browser's EventSource does with one connection; the feed opens the next one itself. */
class Stream extends EventTarget {
  #breaker = new AbortController();

  constructor(link, url) {
    super();
    this.#read(link, url).catch(() => {}).finally(() => this.dispatchEvent(new Event('error')));
  }

  close() { this.#breaker.abort(); }

  async #read(link, url) {
    const answer = await link.ask(url, this.#breaker);
    if (!answer.ok) throw new Error(String(answer.status));
    this.dispatchEvent(new Event('open'));
    let text = '';
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const frames = (text + piece).split('\n\n');
      text = frames.pop();
      frames.forEach((frame) => this.#say(frame));
    }
  }

  #say(frame) {
    const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)[1];
    this.dispatchEvent(Object.assign(new Event(field('event')), { data: field('data') }));
  }
}

function open({ cookie }) {
  const link = new Link(cookie);
  const store = new Watched();
  const desk = { link, store, scope: '', snapshots: 0 };
  const query = (after, scope) => new URLSearchParams({ after, scope });
  desk.feed = new Feed({
    store,
    clock: new ServerClock(),
    async loadSnapshot() {
      const snapshot = await link.json(`${web}/api/command/snapshot`);
      desk.scope = snapshot.scope;
      desk.snapshots += 1;
      return snapshot;
    },
    loadEvents: (after, scope) => link.json(`${web}/api/command/events?${query(after, scope)}`),
    openStream: (after, scope) => new Stream(link, `${live}/live/events?${query(after, scope)}`),
    onChange() {},
    onStatus() {},
  });
  desk.feed.start();
  return desk;
}

const opened = desks.map(open);

const DEEDS = {
  cut: ({ desk }) => opened[desk].link.pull(),
  join: ({ desk }) => { opened[desk].link.cut = false; },
  async settle({ sequence, scopes }) {
    const there = ({ store, scope, feed }, i) => store.sequence >= sequence
      && scope === scopes[i] && ['live', 'asking'].includes(feed.status);
    while (!opened.every(there)) await new Promise((done) => { setTimeout(done, LOOK_MS); });
  },
  tell: () => opened.map(({ store, link, snapshots }) => ({
    rows: store.rows(), events: store.events, twice: store.twice, cuts: link.cuts, snapshots,
  })),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  const answer = await DEEDS[command.do](command);
  process.stdout.write(`${JSON.stringify(answer ?? null)}\n`);
}
opened.forEach(({ feed, link }) => {
  feed.stop();
  link.pull();
});
