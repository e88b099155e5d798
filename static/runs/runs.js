/**
 * The page of past runs: asks for jobs, shows how far they are, cancels them. What a job found is
 * listed by the server when the page is opened next; until then its card leads to the result.
 */
import { config } from '../shared/config.js';
import { Refused, get, post, urlFor } from '../shared/api.js';
import { byId } from '../shared/dom.js';

const LOOK_MS = 1000;
const ENDED = 3;   // jobs that are shown although they have ended
const OPEN = new Set(['waiting', 'running']);

let jobs = [];

const words = (name) => byId('words').content.querySelector(`[data-word="${name}"]`).textContent;

function tell(line) {
  const told = byId('told');
  told.textContent = line;
  told.hidden = !line;
}

/** Do something on the server and say what went wrong with it. */
async function attempt(act) {
  try {
    await act();
    tell('');
  } catch (error) {
    tell(error instanceof Refused ? [error.message, ...Object.values(error.fields)].join(' ') : words('lost'));
  }
}

/** What an ended job found, in a line. */
function found(job) {
  const { sites, newly_covered: people, notes } = job.result || {};
  if (sites) return words('sites').replace('{count}', sites.length).replace('{people}', Math.round(people));
  return (notes || []).join(' ');
}

function card(job) {
  const item = byId('job').content.firstElementChild.cloneNode(true);
  const facts = {
    kind: config.kinds[job.kind] || job.kind,
    network: [job.question.network, ...(job.kind === 'sites' ? job.question.categories : [])].join(' · '),
    state: config.states[job.state],
    stage: job.stage || found(job),
    fault: job.fault ? job.fault.message : '',
  };
  Object.entries(facts).forEach(([name, text]) => { item.querySelector(`[data-of="${name}"]`).textContent = text; });
  item.dataset.state = job.state;
  const bar = item.querySelector('progress');
  bar.hidden = job.state !== 'running';
  bar.value = job.done;
  const result = item.querySelector('a');
  result.hidden = !job.run;
  if (job.run) result.href = urlFor(config.urls.print, { id: job.run });
  const cancel = item.querySelector('button');
  cancel.hidden = !OPEN.has(job.state) || job.cancel;
  cancel.addEventListener('click', () => attempt(async () => replace(await post(urlFor(config.urls.cancel, { id: job.id }), {}))));
  return item;
}

function draw() {
  const ended = new Set(jobs.filter((job) => !OPEN.has(job.state)).slice(0, ENDED));
  const shown = jobs.filter((job) => OPEN.has(job.state) || ended.has(job));
  const focused = document.activeElement && document.activeElement.closest('.runs-job');
  const place = focused ? Array.from(byId('jobs').children).indexOf(focused) : -1;
  byId('jobs').textContent = '';
  shown.forEach((job) => byId('jobs').append(card(job)));
  byId('jobs-part').hidden = !shown.length;
  if (place >= 0 && byId('jobs').children[place]) byId('jobs').children[place].querySelector('button, a').focus();
}

function replace(job) {
  const known = jobs.findIndex((each) => each.id === job.id);
  jobs = known < 0 ? [job, ...jobs] : jobs.map((each) => (each.id === job.id ? job : each));
  draw();
  look();
}

let timer = 0;

/** Look again while something is under way. */
function look() {
  clearTimeout(timer);
  if (!jobs.some((job) => OPEN.has(job.state))) return;
  timer = setTimeout(async () => {
    await attempt(async () => {
      const { items } = await get(config.urls.jobs);
      if (JSON.stringify(items) !== JSON.stringify(jobs)) {
        jobs = items;
        draw();
      }
    });
    look();
  }, LOOK_MS);
}

const ask = (kind, question) => attempt(async () => replace(await post(config.urls.jobs, { kind, question })));

function questionOf(form) {
  const values = new FormData(form);
  const gates = values.get('gates');
  return {
    network: values.get('network'),
    categories: values.getAll('category'),
    minutes: Number(values.get('minutes')),
    speed: Number(values.get('speed')),
    gates_open: gates !== 'closed',
    gates_at: gates.includes(':') ? gates : '',
  };
}

const form = byId('ask');
if (form) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    ask('coverage', questionOf(form));
  });
}
document.querySelectorAll('[data-rebuild]').forEach((button) => {
  button.addEventListener('click', () => {
    button.disabled = true;
    ask('rebuild', { network: button.dataset.rebuild });
  });
});
jobs = config.jobs;
draw();
look();
