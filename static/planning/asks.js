/** What the page asks the server, in its words. */
import { get, post, remove, replace, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { EMPTY, plain } from './draft.js';

const { urls } = config;
const NIGHT = '23:00';

/** What is assumed: the fields that every question shares. */
export const assumed = (asked) => ({
  network: asked.network,
  category: asked.category,
  minutes: asked.minutes,
  speed: asked.speed,
  gates_open: asked.gates !== 'shut',
  gates_at: asked.gates === 'night' ? NIGHT : '',
  circle_m: asked.circleM,
});

/** The same with the draft, for an address. */
export function query(asked, draft, more = {}) {
  const words = new URLSearchParams({ ...assumed(asked), ...more });
  const { added, removed } = plain(draft);
  added.forEach(({ category, lon, lat }) => words.append('add', `${category},${lon},${lat}`));
  removed.forEach((code) => words.append('remove', code));
  return words.toString();
}

export const start = () => get(urls.start);
export const people = (asked, draft) => get(`${urls.people}?${query(asked, draft)}`);
export const streets = (asked, draft, bbox) => get(`${urls.streets}?${query(asked, draft, { bbox })}`);
export const walk = (asked, draft, { lon, lat }) => get(`${urls.walk}?${query(asked, draft, { lon, lat })}`);
export const reach = (asked, { code, category }) => get(`${urls.reach}?${query({ ...asked, category }, EMPTY, { facility: code })}`);
export const whatIf = (asked, draft) => post(urls.what_if, { ...assumed(asked), ...plain(draft) });
export const sites = (asked, draft, count) => post(urls.sites, { ...assumed(asked), ...plain(draft), sites: count });
/** A proven answer takes longer: the server reckons it on its own, against what stands today. */
export function exact(asked, count) {
  const { category, ...question } = assumed(asked);
  return post(urls.jobs, { kind: 'sites', question: { ...question, categories: [category], sites: count } });
}
export const outline = ({ code, level }) => get(`${urls.outline}?${new URLSearchParams({ code, level })}`);
export const tableUrl = (kind, asked, draft) => `${urls[kind]}?${query(asked, draft)}`;

export const scenarios = () => get(urls.scenarios);
export const scenario = (id) => get(urlFor(urls.scenario, { id }));
export const compare = (a, b) => get(`${urls.compare}?${new URLSearchParams({ a, b })}`);
export const drop = (id) => remove(urlFor(urls.scenario, { id }));

/** Keep a draft: over the scenario at `version` when there is an id, else as a new one. */
export function keep({ id, version, name }, asked, draft) {
  const { network, category, minutes, speed, gates_open, gates_at } = assumed(asked);
  const body = { name, network, content: { ...plain(draft), category, minutes, speed, gates_open, gates_at } };
  return id ? replace(urlFor(urls.scenario, { id }), { ...body, version }) : post(urls.scenarios, body);
}

/** What a kept content says, as the page holds it. */
export const asHeld = (content) => ({
  asked: {
    category: content.category,
    minutes: content.minutes,
    speed: content.speed,
    gates: gatesOf(content),
  },
  draft: { added: content.added.map((each, k) => ({ id: `s${k}`, ...each })), removed: content.removed },
});

function gatesOf({ gates_open, gates_at }) {
  if (!gates_open) return 'shut';
  return gates_at ? 'night' : 'open';
}
