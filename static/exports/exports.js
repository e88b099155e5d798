/** The page to take a file from: asks the worker for it, shows how far it is, offers it. */
import { Refused, get, post, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';

const LOOK_MS = 700;
const OPEN = new Set(['waiting', 'running']);
const UNITS = ['B', 'kB', 'MB', 'GB'];

let timer = 0;

const words = (name) => byId('words').content.querySelector(`[data-word="${name}"]`).textContent;

/** A size as people read it; powers of 1000. */
function size(bytes) {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${Math.round(bytes / 1000 ** power)} ${UNITS[power]}`;
}

function tell(line) {
  byId('told').textContent = line;
  byId('told').hidden = !line;
}

/** Do something on the server and say what went wrong with it. */
async function attempt(act) {
  try {
    show(await act());
    tell('');
  } catch (error) {
    tell(error instanceof Refused ? error.message : words('lost'));
  }
}

function lineOf(job) {
  if (job.state === 'failed') return job.fault.message;
  const { rows = 0, bytes = 0 } = job.result || {};
  return words(job.state).replace('{done}', job.done)
    .replace('{rows}', rows.toLocaleString()).replace('{size}', size(bytes));
}

function show(job) {
  const open = OPEN.has(job.state);
  byId('job').hidden = false;
  byId('job').dataset.state = job.state;
  byId('state').textContent = lineOf(job);
  byId('bar').hidden = !open;
  byId('bar').value = job.done;
  byId('fetch').hidden = !job.file;
  if (job.file) byId('fetch').href = job.file;
  byId('cancel').hidden = !open || job.cancel;
  byId('cancel').onclick = () => attempt(() => post(urlFor(config.urls.cancel, { id: job.id }), {}));
  clearTimeout(timer);
  if (open) timer = setTimeout(() => look(job), LOOK_MS);
}

async function look(job) {
  await attempt(() => get(urlFor(config.urls.export, { id: job.id })));
  if (!byId('told').hidden) timer = setTimeout(() => look(job), LOOK_MS);
}

byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const values = new FormData(event.target);
  const full = values.get('full') === 'on';
  attempt(() => post(config.urls.ask, {
    form: values.get('form'), filter: config.filter, full, reason: full ? values.get('reason') : '',
  }));
});
