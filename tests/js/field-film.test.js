import assert from 'node:assert/strict';
import test from 'node:test';

import { develop, recall } from '../../static/field/film.js';

// Nothing can be drawn here, as on a phone that is out of memory.
const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]);

function shelf() {
  const kept = new Map();
  return {
    kept,
    keeper: { photo: async (photo) => { kept.set(photo.id, photo); } },
    store: { photo: async (id) => kept.get(id) },
  };
}

test('a picture that cannot be drawn goes as it came', async () => {
  const { kept, keeper } = shelf();
  const photo = await develop(new Blob([JPEG], { type: '' }), 'a', keeper);

  assert.deepEqual(new Uint8Array(photo.bytes), JPEG);
  assert.equal(photo.type, 'image/jpeg');
  assert.equal(kept.get('a').raw, false);
});

test('one of an earlier page is not lost either', async () => {
  const { kept, keeper, store } = shelf();
  kept.set('a', { id: 'a', bytes: JPEG.buffer, type: 'image/jpeg', raw: true });

  const photo = await recall(store, 'a', keeper);

  assert.deepEqual(new Uint8Array(photo.bytes), JPEG);
});

test('what is no picture is said at once', async () => {
  const { keeper } = shelf();
  await assert.rejects(develop(new Blob(['this is not a picture']), 'a', keeper));
  await assert.rejects(develop(new Blob([]), 'b', keeper));
});
