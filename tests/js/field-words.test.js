import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { speaker } from '../../static/shared/words.js';
import en from '../../static/field/words.en.js';
import zh from '../../static/field/words.zh-hans.js';

// Keys may be built only behind these: `say(`state.${state}`)`.
const BUILT = ['asks.', 'missing.', 'nowhere.', 'quality.', 'role.', 'state.'];
const FOLDER = new URL('../../static/field/', import.meta.url);

const source = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.js') && !name.startsWith('words.'))
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
  .join('\n');
const literal = new Set(Array.from(source.matchAll(/\bsay\('([^']+)'/g), ([, key]) => key));
const built = new Set(Array.from(source.matchAll(/\bsay\(`([^$`]+)\$\{/g), ([, prefix]) => prefix));
const placeholders = (entry) => new Set(JSON.stringify(entry).match(/\{\w+\}/g));

test('both languages have the same keys', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
});

test('every say() names a word, and every word is said', () => {
  const missing = Array.from(literal).filter((key) => !(key in zh));
  assert.deepEqual(missing, []);
  const unused = Object.keys(zh).filter((key) => !literal.has(key) && !BUILT.some((prefix) => key.startsWith(prefix)));
  assert.deepEqual(unused, []);
});

test('every say() has a key that can be found: a literal, or one of the listed prefixes', () => {
  const calls = Array.from(source.matchAll(/\bsay\(/g)).length;
  const found = Array.from(source.matchAll(/\bsay\((?:'[^']+'|`[^$`]+\$\{)/g)).length;
  assert.equal(found, calls);
  assert.deepEqual(Array.from(built).sort(), BUILT);
});

test('both languages fill in the same values', () => {
  Object.keys(zh).forEach((key) => assert.deepEqual(placeholders(en[key]), placeholders(zh[key]), key));
});

test('words on buttons have at most twelve characters', () => {
  const long = [zh, en].flatMap((words) => Object.entries(words)
    .filter(([key, text]) => key.startsWith('do.') && text.length > 12));
  assert.deepEqual(long, []);
});

test('the Chinese words hold no English and no half-width punctuation', () => {
  const odd = Object.entries(zh).filter(([, text]) => /[a-zA-Z,;!?]/.test(text.replace(/\{\w+\}/g, '')));
  assert.deepEqual(odd, []);
});

test('English counts its things', () => {
  const say = speaker({ en, 'zh-hans': zh }, 'en');
  assert.equal(say('entry.photos', { count: 1 }), '1 photo');
  assert.equal(say('entry.photos', { count: 2 }), '2 photos');
});

test('an unknown language gets Chinese', () => {
  assert.equal(speaker({ en, 'zh-hans': zh }, 'fr')('queue.sent'), '已送达');
});
