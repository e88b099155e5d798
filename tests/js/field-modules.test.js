import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { served } from './served.js';

const ROOT = new URL('../../', import.meta.url);
const STATIC = new URL('static/', ROOT);
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');
const name = (url) => url.href.slice(STATIC.href.length);

/** Every module that static imports reach from this one, by name under static/. */
function reached(url, found = new Set()) {
  if (found.has(name(url))) return found;
  found.add(name(url));
  Array.from(readFileSync(url, 'utf8').matchAll(/^import [^;]*?from '(\.[^']+)';/gm))
    .forEach(([, path]) => reached(new URL(path, url), found));
  return found;
}

const sources = readdirSync(new URL('field/', STATIC))
  .filter((file) => file.endsWith('.js'))
  .map((file) => [file, read(`static/field/${file}`)]);

test('the page preloads exactly the modules that main.js needs', () => {
  const template = read('incidents/templates/incidents/field_modules.html');
  const listed = Array.from(template.matchAll(/static '([^']+)'/g), ([, path]) => path);
  assert.deepEqual(listed, Array.from(reached(new URL('field/main.js', STATIC))).sort());
});

test('the page is light: 60 kB on the wire before the map', () => {
  const bytes = Array.from(reached(new URL('field/main.js', STATIC)))
    .map((module) => gzipSync(served(read(`static/${module}`))).length)
    .reduce((sum, size) => sum + size);
  assert.ok(bytes <= 60 * 1024, `${bytes} bytes`);
});

test('the code of one incident comes when it is opened', () => {
  const names = Array.from(reached(new URL('field/main.js', STATIC)));
  assert.deepEqual(names.filter((module) => /detail|deedform|deeds\//.test(module)), []);
});

test('no map code is needed before the map is opened', () => {
  const names = Array.from(reached(new URL('field/main.js', STATIC)));
  assert.deepEqual(names.filter((module) => /leaflet|basemap/.test(module)), []);
});

test('each browser power has one door', () => {
  const doors = { fetch: ['sw.js'], indexedDB: ['db.js'], 'L\\.': ['leaflet.js'], innerHTML: [] };
  Object.entries(doors).forEach(([word, allowed]) => {
    const users = sources.filter(([, text]) => new RegExp(`(^|[^.\\w'])${word}\\b`, 'm').test(text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '')));
    assert.deepEqual(users.map(([file]) => file), allowed, word);
  });
});
