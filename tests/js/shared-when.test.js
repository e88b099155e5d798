import assert from 'node:assert/strict';
import test from 'node:test';
import { due, moment, span, when } from '../../static/shared/when.js';

process.env.TZ = 'Asia/Shanghai';
const NOW = Date.parse('2026-03-05T06:30:00Z');
const ago = (ms) => new Date(NOW - ms).toISOString();
const plain = (text) => text.replace(/\u00a0/g, ' ');
const MINUTE = 60000;

test('within a day it is relative, in the language of the page', () => {
  assert.equal(plain(when(ago(5 * MINUTE), NOW, 'zh-hans')), '5 分钟前');
  assert.equal(plain(when(ago(23 * 60 * MINUTE), NOW, 'zh-hans')), '23 小时前');
  assert.equal(when(ago(5 * MINUTE), NOW, 'en'), '5 minutes ago');
});

test('before that it is the whole date', () => {
  assert.equal(when(ago(24 * 60 * MINUTE), NOW, 'zh-hans'), '2026年3月4日 14:30');
  assert.equal(moment(ago(0), 'en'), '5 March 2026, 14:30');
});

test('midnight is 00:00', () => {
  assert.equal(moment('2026-03-04T16:00:00Z', 'zh-hans'), '2026年3月5日 00:00');
});

test('a span is told in its largest unit', () => {
  assert.equal(plain(span(90 * MINUTE, 'zh-hans')), '1 小时');
  assert.equal(plain(span(-50 * 60 * MINUTE, 'zh-hans')), '2 天');
  assert.equal(span(2 * MINUTE, 'en'), '2 minutes');
});

test('a deadline is ahead, near for its last thirty minutes, then over', () => {
  const kinds = [31, 30, 0, -1].map((minutes) => due(new Date(NOW + minutes * MINUTE).toISOString(), NOW).kind);
  assert.deepEqual(kinds, ['ahead', 'near', 'near', 'over']);
});
