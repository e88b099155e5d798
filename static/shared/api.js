/**
 * The only module that calls fetch.
 *
 *   const mine = await get(config.urls.reports);
 *   const done = await post(urlFor(config.urls.deed, { id, deed }), { seen_version: 3 });
 *
 * Every call resolves with parsed JSON or throws one of two things:
 *   Refused      the server answered with the error contract (status, code, message, fields, …)
 *   Unreachable  no network, no answer in time, or an answer that is not ours (a captive portal's
 *                page answers 200 with HTML: that must never count as success)
 */

export class Refused extends Error {
  /** @param {number} status HTTP status  @param {object} body the JSON error body  @param {number} retryAfter s */
  constructor(status, body, retryAfter = 0) {
    super(body.message || String(status));
    this.name = 'Refused';
    this.status = status;
    this.body = body;
    this.code = body.code || '';
    this.fields = body.fields || {};
    this.retryable = Boolean(body.retryable);
    this.retryAfter = retryAfter;
  }
}

export class Unreachable extends Error {
  constructor(reason) {
    super(reason);
    this.name = 'Unreachable';
  }
}

const JSON_WAIT_MS = 20000;
const BYTES_WAIT_MS = 120000;   // one photo of 400 KB at 30 kbit/s

/** Fill the {names} of a URL template from the config with encoded values. */
export function urlFor(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => {
    if (values[name] === undefined) throw new Error(`${template} needs ${name}`);
    return encodeURIComponent(values[name]);
  });
}

/** Add a query string; null, undefined and '' are left out. */
export function withQuery(url, values) {
  const query = new URLSearchParams();
  Object.entries(values).forEach(([name, value]) => {
    if (value !== null && value !== undefined && value !== '') query.set(name, value);
  });
  const text = query.toString();
  return text ? `${url}?${text}` : url;
}

export const get = (url, waitMs = JSON_WAIT_MS) => call(url, { method: 'GET' }, waitMs);

/**
 * GET unless it is still what this ETag names.
 * @returns {Promise<{body: ?Object, etag: string}>} body null: nothing new
 */
export const getAnew = (url, etag) => call(url, {
  method: 'GET',
  cache: 'no-store',
  headers: etag ? { 'If-None-Match': etag } : {},
}, JSON_WAIT_MS, (answer, body) => ({ body, etag: answer.headers.get('ETag') }));

/** POST a body: an object, or a string that is JSON already and must go out byte for byte. */
export const post = (url, body) => call(url, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
}, JSON_WAIT_MS);

/** PUT raw bytes (ArrayBuffer or Blob) of the given media type. */
export const put = (url, bytes, type) => call(url, {
  method: 'PUT',
  headers: { 'Content-Type': type },
  body: bytes,
}, BYTES_WAIT_MS);

/** PUT a JSON body in place of what is there. */
export const replace = (url, body) => call(url, {
  method: 'PUT',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
}, JSON_WAIT_MS);

/** DELETE what is there. */
export const remove = (url) => call(url, { method: 'DELETE' }, JSON_WAIT_MS);

async function call(url, request, waitMs, told = (answer, body) => body) {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), waitMs);
  try {
    const answer = await fetch(url, {
      ...request,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken(), ...request.headers },
      signal: cut.signal,
    });
    if (answer.status === 304) return told(answer, null);
    const body = await json(answer);
    if (!answer.ok) throw new Refused(answer.status, body, Number(answer.headers.get('Retry-After')) || 0);
    return told(answer, body);
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) throw error;
    throw new Unreachable(error.message);
  } finally {
    clearTimeout(timer);
  }
}

/** The body as JSON. Anything else is not from our server, whatever its status says. */
async function json(answer) {
  const type = answer.headers.get('Content-Type') || '';
  if (!/^application\/(geo\+)?json/.test(type)) throw new Unreachable(`not JSON: ${answer.status}`);
  return answer.json();
}

/** Read at each call: the token changes at login, maybe in another tab. */
function csrfToken() {
  const found = /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie);
  return found ? decodeURIComponent(found[1]) : '';
}

/** GET the bytes of a map tile as an ArrayBuffer, empty where there is nothing to draw. */
export async function bytes(url, signal) {
  const answer = await fetch(url, { credentials: 'same-origin', signal });
  if (!answer.ok) throw new Unreachable(`tile: ${answer.status}`);
  return answer.arrayBuffer();
}
