/** The words of the command centre: the same in both languages, all used, none missing. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import en from '../../static/command/words.en.js';
import zh from '../../static/command/words.zh-hans.js';
import { FIGURES } from '../../static/command/filter.js';
import { LEVELS } from '../../static/command/tally.js';
import { STATES } from '../../static/shared/states.js';

// Keys may be built only behind these: `say(`state.${state}`)`.
const BUILT = [
  'base.', 'counted.', 'due.', 'extension.', 'figure.', 'level.', 'live.', 'meaning.', 'method.', 'outcome.', 'part.', 'photo.', 'state.',
  'tag_means.',
];
const FOLDER = new URL('../../static/command/', import.meta.url);

const source = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.js') && !name.startsWith('words.'))
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
  .join('\n');
const literal = new Set(Array.from(source.matchAll(/\bsay\('([^']+)'/g), ([, key]) => key));
const built = new Set(Array.from(source.matchAll(/\bsay\(`([^$`]+)\$\{/g), ([, prefix]) => prefix));
const placeholders = (entry) => new Set(JSON.stringify(entry).match(/\{\w+\}/g));

test('both languages have the same keys and fill in the same values', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  Object.keys(zh).forEach((key) => assert.deepEqual(placeholders(en[key]), placeholders(zh[key]), key));
});

test('every say() names a word, and every word is said', () => {
  assert.deepEqual(Array.from(literal).filter((key) => !(key in zh)), []);
  const unused = Object.keys(zh).filter((key) => !literal.has(key) && !BUILT.some((prefix) => key.startsWith(prefix)));
  assert.deepEqual(unused, []);
});

test('every say() has a key that can be found: a literal, or one of the listed prefixes', () => {
  const calls = Array.from(source.matchAll(/\bsay\(/g)).length;
  const found = Array.from(source.matchAll(/\bsay\((?:'[^']+'|`[^$`]+\$\{)/g)).length;
  assert.equal(found, calls);
  assert.deepEqual(Array.from(built).sort(), BUILT);
});

test('every state, level, figure and status of the feed has its word', () => {
  const wanted = [
    ...STATES.map((state) => `state.${state}`),
    ...LEVELS.map((level) => `level.${level}`),
    ...Object.keys(FIGURES).flatMap((name) => [`figure.${name}`, `meaning.${name}`]),
    ...['loading', 'live', 'asking', 'stale', 'signed_out'].map((status) => `live.${status}`),
    ...['ahead', 'near', 'over', 'held', 'listed'].map((clock) => `due.${clock}`),
    ...['covers', 'edge', 'ambiguous', 'nearest', 'outside', 'by_hand', 'board'].map((method) => `method.${method}`),
    ...['answered', 'returned', 'redirected', 'closed'].map((outcome) => `outcome.${outcome}`),
  ];
  assert.deepEqual(wanted.filter((key) => !(key in zh)), []);
});

test('the Chinese words hold no half-width punctuation', () => {
  const odd = Object.entries(zh).filter(([, text]) => /[\u4e00-\u9fff}][,;!?:]|[,;!?][\u4e00-\u9fff]/.test(text));
  assert.deepEqual(odd, []);
});
