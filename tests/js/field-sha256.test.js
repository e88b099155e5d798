import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import test from 'node:test';
import { digest, sha256 } from '../../static/field/sha256.js';

const hex = (bytes) => Buffer.from(bytes).toString('hex');

test('the vectors of FIPS 180-4', () => {
  const vectors = {
    '': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    abc: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq: '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  };
  Object.entries(vectors).forEach(([text, expected]) => {
    assert.equal(hex(digest(new TextEncoder().encode(text))), expected);
  });
});

test('every length around a block, and a large one, agrees with the library', () => {
  [1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 300001].forEach((length) => {
    const bytes = randomBytes(length);
    assert.equal(hex(digest(bytes)), createHash('sha256').update(bytes).digest('hex'), `${length} bytes`);
  });
});

test('text is hashed as UTF-8, with or without crypto.subtle', async (t) => {
  const expected = createHash('sha256').update('井盖缺失 🕳').digest('hex');
  assert.equal(await sha256('井盖缺失 🕳'), expected);
  const secure = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
  t.after(() => Object.defineProperty(globalThis, 'crypto', secure));
  assert.equal(await sha256('井盖缺失 🕳'), expected);
});
