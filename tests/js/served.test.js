/** What is left out of the served modules is comments, and nothing else. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { served } from './served.js';

const ROOT = new URL('../../', import.meta.url);
const STATIC = new URL('static/', ROOT);
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');

const source = read('gis_grid/web/static.py');
const ours = Array.from(/^OURS = \(([^)]*)\)$/m.exec(source)[1].matchAll(/"(\w+\/)"/g), ([, folder]) => folder);
const modules = ours.filter((folder) => existsSync(new URL(folder, STATIC)))
  .flatMap((folder) => readdirSync(new URL(folder, STATIC), { recursive: true }).map((file) => folder + file))
  .filter((file) => file.endsWith('.js'));

test('every folder but that of other people is ours', () => {
  const folders = readdirSync(STATIC, { withFileTypes: true }).filter((each) => each.isDirectory()).map(({ name }) => `${name}/`);
  assert.deepEqual(folders.filter((name) => !ours.includes(name)), ['vendor/']);
});

test('the rule is the one the server has', () => {
  assert.ok(source.includes(String.raw`^[ \t]*(?:/\*(?:(?!\*/).)*\*/[ \t]*|//[^\n]*)\n`));
});

test('every line of code is served, and no other line', () => {
  assert.ok(modules.length > 100, `${modules.length}`);
  const isCode = (line) => !/^\s*(\/\/|\/\*|\*)/.test(line);
  modules.forEach((name) => {
    const script = read(`static/${name}`);
    assert.deepEqual(served(script).split('\n'), script.split('\n').filter(isCode), name);
  });
});
