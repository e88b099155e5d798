import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused, Unreachable } from '../../static/shared/api.js';
import { asked, backOff, verdict } from '../../static/field/verdict.js';

const of = (status, code = '') => verdict(new Refused(status, { code, message: 'words' })).kind;

test('each answer of the server has its meaning', () => {
  const meaning = {
    401: 'login', 403: 'stuck', 409: 'stuck', 413: 'stuck', 415: 'stuck', 422: 'stuck',
    429: 'later', 500: 'later', 502: 'later', 503: 'later', 507: 'later',
  };
  const found = Object.fromEntries(Object.keys(meaning).map((status) => [status, of(Number(status))]));
  assert.deepEqual(found, meaning);
});

test('a reused id never resolves by itself', () => {
  assert.equal(of(409, 'id_reused'), 'stuck');
  assert.equal(of(409, 'photo_id_reused'), 'stuck');
});

test('somebody was first: the worker chooses, but words are true on any version', () => {
  const late = (code, current) => new Refused(409, { code, message: 'words', current });
  assert.equal(verdict(late('stale', { version: 4 }), 'answer').kind, 'conflict');
  assert.equal(verdict(late('not_now', { version: 4 }), 'answer').kind, 'conflict');
  assert.equal(verdict(late('stale', { version: 4 }), 'remark').kind, 'again');
  assert.equal(verdict(late('not_now', { version: 4 }), 'remark').kind, 'conflict');
  assert.equal(verdict(late('stale', null), 'answer').kind, 'stuck', 'it has left their sight');
  assert.equal(verdict(late('id_reused', { version: 4 }), 'answer').kind, 'stuck');
});

test('an old page is mended by a reload, what is not theirs is not', () => {
  assert.deepEqual([of(403, 'csrf'), of(403, 'role_required')], ['later', 'stuck']);
});

test('what a busy server asks for counts, for an hour at most', () => {
  assert.deepEqual([asked({ retryAfter: 60 }), asked({ retryAfter: 1e9 }), asked({})], [60000, 3600000, 0]);
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
