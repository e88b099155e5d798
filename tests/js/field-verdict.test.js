import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused, Unreachable } from '../../static/shared/api.js';
import { backOff, verdict } from '../../static/field/verdict.js';

const of = (status, code = '') => verdict(new Refused(status, { code, message: 'words' })).kind;

test('each answer of the server has its meaning', () => {
  const meaning = {
    401: 'login', 403: 'later', 409: 'later', 413: 'stuck', 415: 'stuck', 422: 'stuck',
    429: 'later', 500: 'later', 502: 'later', 503: 'later', 507: 'later',
  };
  const found = Object.fromEntries(Object.keys(meaning).map((status) => [status, of(Number(status))]));
  assert.deepEqual(found, meaning);
});

test('a reused id never resolves by itself', () => {
  assert.equal(of(409, 'id_reused'), 'stuck');
  assert.equal(of(409, 'photo_id_reused'), 'stuck');
});

test('a photo cut on the way is sent again', () => {
  assert.equal(of(422, 'sha256_mismatch'), 'later');
});

test('no network, silence and a foreign page are tried again', () => {
  assert.equal(verdict(new Unreachable('not JSON: 200')).kind, 'later');
});

test('a photo lost on the phone needs a person', () => {
  assert.equal(verdict(Object.assign(new Error('gone'), { lost: true })).kind, 'stuck');
});

test('waiting doubles from one second to five minutes', () => {
  const waits = [1, 2, 3, 4, 9, 10, 30].map((tries) => backOff(tries, 1) / 1000);
  assert.deepEqual(waits, [1, 2, 4, 8, 256, 300, 300]);
});

test('chance takes away at most a fifth of the waiting', () => {
  assert.equal(backOff(3, 0), 3200);
});
