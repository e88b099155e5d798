/** How the modules of the planner's page hang together. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../', import.meta.url);
const STATIC = new URL('static/', ROOT);
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');
const nameOf = (url) => url.href.slice(STATIC.href.length);
const importsOf = (url) => Array.from(
  readFileSync(url, 'utf8').matchAll(/^import [^;]*?from '(\.[^']+)';/gm),
  ([, path]) => new URL(path, url),
);

/** Every module that imports reach, by name; throws on a circle, which static hashing cannot name. */
function reached(url, found = new Set(), line = []) {
  assert.ok(!line.includes(nameOf(url)), `imports go in a circle: ${[...line, nameOf(url)].join(' -> ')}`);
  importsOf(url).forEach((next) => reached(next, found, [...line, nameOf(url)]));
  return found.add(nameOf(url));
}

const MAIN = new URL('planning/main.js', STATIC);
const sources = readdirSync(new URL('planning/', STATIC))
  .filter((file) => file.endsWith('.js'))
  .map((file) => [file, read(`static/planning/${file}`).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')]);

test('the page preloads exactly the modules that main.js needs', () => {
  const template = read('gis_grid/templates/gis_grid/circles_modules.html');
  const listed = Array.from(template.matchAll(/static '([^']+)'/g), ([, path]) => path);
  assert.deepEqual(listed, Array.from(reached(MAIN)).sort());
});

test('no module of the page lies unused', () => {
  const used = reached(MAIN);
  assert.deepEqual(sources.map(([file]) => `planning/${file}`).filter((name) => !used.has(name)), []);
});

test('each browser power has one door', () => {
  const doors = { 'fetch\\(': [], 'L\\.': ['leaflet.js'], innerHTML: [], EventSource: [], protomapsL: [] };
  Object.entries(doors).forEach(([word, allowed]) => {
    const users = sources.filter(([, text]) => new RegExp(`(^|[^.\\w'])${word}`, 'm').test(text));
    assert.deepEqual(users.map(([file]) => file), allowed, word);
  });
});

test('every import is relative and ends in a semicolon', () => {
  sources.forEach(([file, text]) => {
    const lines = text.split('\n').filter((line) => /^import |^\} from /.test(line));
    assert.deepEqual(lines.filter((line) => line.includes(' from ') && !/ from '\.\.?\/[^']+';$/.test(line)), [], file);
  });
});
