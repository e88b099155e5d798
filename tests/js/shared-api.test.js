import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused, Unreachable, get, post, put, urlFor, withQuery } from '../../static/shared/api.js';

globalThis.document = { cookie: 'a=1; csrftoken=tok%3Den; b=2' };

/** Answer the next fetch with this; returns what was asked. */
function serve(t, status, body, type = 'application/json') {
  const asked = {};
  t.mock.method(globalThis, 'fetch', async (url, request) => {
    Object.assign(asked, { url, ...request });
    return new Response(body, { status, headers: { 'Content-Type': type } });
  });
  return asked;
}

test('a good answer is its JSON', async (t) => {
  serve(t, 201, '{"id": "a"}');
  assert.deepEqual(await get('/x'), { id: 'a' });
});

test('a refusal carries the error contract', async (t) => {
  serve(t, 422, '{"code": "category_unknown", "message": "请选类型", "fields": {"category": "unknown"}, "retryable": false}');
  await assert.rejects(get('/x'), (error) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual([error.status, error.code, error.message, error.fields.category], [422, 'category_unknown', '请选类型', 'unknown']);
    return true;
  });
});

test('a web page is never a success, whatever its status', async (t) => {
  serve(t, 200, '<html>Welcome to the hotel</html>', 'text/html');
  await assert.rejects(post('/x', {}), Unreachable);
});

test('an answer that breaks off in the middle is no success', async (t) => {
  serve(t, 200, '{"id": "a"');
  await assert.rejects(get('/x'), Unreachable);
});

test('no network is unreachable', async (t) => {
  t.mock.method(globalThis, 'fetch', async () => { throw new TypeError('Failed to fetch'); });
  await assert.rejects(get('/x'), Unreachable);
});

test('a server that says nothing is given up after twenty seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(globalThis, 'fetch', (url, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  }));
  const silent = get('/x');
  t.mock.timers.tick(20000);
  await assert.rejects(silent, Unreachable);
});

test('text is posted byte for byte, objects as JSON, both with the token', async (t) => {
  const asked = serve(t, 200, '{}');
  await post('/x', '{"b":1,"a":2}');
  assert.equal(asked.body, '{"b":1,"a":2}');
  assert.equal(asked.headers['X-CSRFToken'], 'tok=en');
  await post('/x', { a: 1 });
  assert.equal(asked.body, '{"a":1}');
  assert.equal(asked.headers['Content-Type'], 'application/json');
});

test('bytes are put with their own type', async (t) => {
  const asked = serve(t, 201, '{}');
  const bytes = new ArrayBuffer(3);
  await put('/x', bytes, 'image/jpeg');
  assert.deepEqual([asked.method, asked.body, asked.headers['Content-Type']], ['PUT', bytes, 'image/jpeg']);
});

test('URL templates are filled with encoded values, and a missing one is an error', () => {
  assert.equal(urlFor('/i/{id}/d/{deed}', { id: 'a/b', deed: 'close' }), '/i/a%2Fb/d/close');
  assert.throws(() => urlFor('/i/{id}', { name: 'x' }), /needs id/);
});

test('empty values stay out of the query', () => {
  assert.equal(withQuery('/x', { a: 0, b: null, c: '', d: 'ä' }), '/x?a=0&d=%C3%A4');
  assert.equal(withQuery('/x', { b: undefined }), '/x');
});
