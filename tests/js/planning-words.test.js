/** The words of the planner's page: the same in both languages, all used, none missing. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import en from '../../static/planning/words.en.js';
import zh from '../../static/planning/words.zh-hans.js';

// Keys may be built only behind these: `say(`state.${state}`)`.
const BUILT = ['ask.', 'column.', 'gates.', 'level.', 'scenario.see_', 'shown.'];
const FOLDER = new URL('../../static/planning/', import.meta.url);

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

test('the Chinese words hold no half-width punctuation', () => {
  const odd = Object.entries(zh).filter(([, text]) => /[\u4e00-\u9fff}][,;!?:]|[,;!?][\u4e00-\u9fff]/.test(text));
  assert.deepEqual(odd, []);
});
