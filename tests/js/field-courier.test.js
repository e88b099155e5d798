import assert from 'node:assert/strict';
import test from 'node:test';
import { Unreachable } from '../../static/shared/api.js';
import { courier } from '../../static/field/courier.js';

const URLS = { reports: '/reports', photo: '/reports/{id}/photos/{photo_id}' };
const ENTRY = { id: 'r', body: '{"id":"r"}', sha256: 'abc', photos: [{ id: 'p', sha256: 'def' }, { id: 'q', sha256: '012' }] };

function way({ receipt = {}, echo = (photo) => photo, kept = { bytes: 'bytes', type: 'image/jpeg' } } = {}) {
  const log = [];
  const deliver = courier({
    urls: URLS,
    store: { photo: async () => kept },
    post: async (url, body) => {
      log.push([url, body]);
      return { id: 'r', sha256: 'abc', photos: [], ...receipt };
    },
    put: async (url, bytes, type) => {
      log.push([url, bytes, type]);
      return echo(ENTRY.photos.find(({ id }) => url.endsWith(id)));
    },
  });
  return { deliver, log };
}

test('the report goes first, byte for byte, then its photos', async () => {
  const { deliver, log } = way();
  await deliver(ENTRY);
  assert.deepEqual(log, [
    ['/reports', ENTRY.body],
    ['/reports/r/photos/p', 'bytes', 'image/jpeg'],
    ['/reports/r/photos/q', 'bytes', 'image/jpeg'],
  ]);
});

test('a photo the server has already is not sent again', async () => {
  const { deliver, log } = way({ receipt: { photos: [{ id: 'p', stored: true }, { id: 'q', stored: false }] } });
  await deliver(ENTRY);
  assert.deepEqual(log.map(([url]) => url), ['/reports', '/reports/r/photos/q']);
});

test('a receipt with another id is no receipt', async () => {
  await assert.rejects(way({ receipt: { id: 'other' } }).deliver(ENTRY), Unreachable);
});

test('a receipt with another content is no receipt', async () => {
  await assert.rejects(way({ receipt: { sha256: 'abd' } }).deliver(ENTRY), Unreachable);
});

test('a photo that arrived otherwise than it left is not delivered', async () => {
  await assert.rejects(way({ echo: ({ id }) => ({ id, sha256: '999' }) }).deliver(ENTRY), Unreachable);
});

test('a photo that vanished from the phone is said, not skipped', async () => {
  await assert.rejects(way({ kept: null }).deliver(ENTRY), (error) => error.lost === true);
});
