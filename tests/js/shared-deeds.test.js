/** The deeds' words, which one to press first, and events in plain words. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import en from '../../static/shared/deeds/words.en.js';
import zh from '../../static/shared/deeds/words.zh-hans.js';
import { arrange, nameOf } from '../../static/shared/deeds/order.js';
import { ASKS, asksChoices } from '../../static/shared/deeds/asks.js';
import { story } from '../../static/shared/deeds/story.js';
import { STATES } from '../../static/shared/states.js';

const BUILT = ['ask.', 'ask.photos_', 'deed.', 'ground.', 'kind.', 'limit.'];
// The page writes these around the form.
const OF_THE_PAGE = ['about.', 'told.'];
const FOLDER = new URL('../../static/shared/deeds/', import.meta.url);
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const sources = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.js') && !name.startsWith('words.'))
  .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8').replace(/\/\*[^]*?\*\//g, '')]);
const source = sources.map(([, text]) => text).join('\n');
const literal = new Set(Array.from(source.matchAll(/\bsay\('([^']+)'/g), ([, key]) => key));
const placeholders = (entry) => new Set(JSON.stringify(entry).match(/\{\w+\}/g));

// The table of the life cycle, as Python has it: deed -> what its form asks.
const rows = Array.from(read('incidents/states.py').matchAll(/Transition\(\s*"(\w+)",([^]*?)\n? {0,4}\),?\n(?=    (?:Transition|#)|\))/g));
const bySystem = (text) => /_by\(SYSTEM\)/.test(text);
const deeds = new Set(rows.filter(([, , text]) => !bySystem(text)).map(([, deed]) => deed));
const kinds = new Set([...rows.map(([, deed]) => deed), 'report', 'photo']);
const needNote = rows.filter(([, , text]) => /"note"/.test(text)).map(([, deed]) => deed);

test('every deed of the table has a form, a button and a sentence', () => {
  assert.ok(deeds.size > 30, `${deeds.size} deeds read`);
  assert.deepEqual(Object.keys(ASKS).sort(), [...deeds].sort());
  ['deed.', 'about.'].forEach((prefix) => {
    assert.deepEqual(Object.keys(zh).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)).sort(), [...deeds].sort());
  });
});

test('every kind of event has a title', () => {
  assert.deepEqual([...kinds].filter((kind) => !(`kind.${kind}` in zh)), []);
});

test('both languages have the same keys and fill in the same values', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  Object.keys(zh).forEach((key) => assert.deepEqual(placeholders(en[key]), placeholders(zh[key]), key));
});

test('every say() names a word, and every word is said', () => {
  assert.deepEqual([...literal].filter((key) => !(key in zh)), []);
  const unused = Object.keys(zh).filter((key) => !literal.has(key) && ![...BUILT, ...OF_THE_PAGE].some((prefix) => key.startsWith(prefix)));
  assert.deepEqual(unused, []);
  const built = new Set(Array.from(source.matchAll(/\bsay\(`([^$`]+)\$\{/g), ([, prefix]) => prefix));
  assert.deepEqual([...built].sort(), BUILT);
});

test('words on buttons have at most twelve characters', () => {
  const long = [zh, en].flatMap((words) => Object.entries(words)
    .filter(([key, text]) => key.startsWith('deed.') && text.length > 12));
  assert.deepEqual(long, []);
});

test('old web views can read every module: no private fields, nothing of a page', () => {
  sources.forEach(([name, text]) => {
    assert.ok(!/[\s.]#[a-z]/.test(text), `${name} has a private field`);
    assert.ok(!/\.(replaceChildren|at|replaceAll|findLast|hasOwn)\(|structuredClone|\?\?=|\|\|=/.test(text), `${name} is too young`);
    assert.deepEqual(Array.from(text.matchAll(/from '([^']+)'/g), ([, path]) => path).filter((path) => /command|field/.test(path)), [], name);
  });
});

test('what is main is never dangerous, and nothing is lost or offered twice', () => {
  const all = Object.keys(ASKS);
  STATES.forEach((state) => {
    const { main, beside, more, danger } = arrange(all, state);
    assert.deepEqual([main, ...beside, ...more, ...danger].sort(), [...all].sort(), state);
    assert.deepEqual(danger, ['refuse', 'merge']);
    assert.equal(beside.length, 2);
  });
});

test('the likeliest deed comes first, whoever looks', () => {
  const main = (state, ...open) => arrange(open, state).main;
  assert.equal(main('reported', 'refuse', 'ask_check', 'accept'), 'accept');
  assert.equal(main('accepted', 'whistle', 'dispatch', 'hand_over'), 'dispatch');
  assert.equal(main('accepted', 'hand_over', 'decide'), 'decide');
  assert.equal(main('in_progress', 'suspend', 'refuse_extension', 'grant_extension'), 'grant_extension');
  assert.equal(main('in_progress', 'return', 'answer'), 'answer');
  assert.equal(main('answered', 'remark', 'pass', 'ask_verify'), 'ask_verify');
  assert.equal(main('void', 'restore'), 'restore');
  assert.deepEqual(arrange(['refuse'], 'reported'), { main: null, beside: [], more: [], danger: ['refuse'] });
});

test('a case that somebody has already is dispatched anew', () => {
  assert.equal(nameOf('dispatch', { state: 'accepted', dispatches: [{}] }), '派遣');
  assert.equal(nameOf('dispatch', { state: 'dispatched', dispatches: [{}] }), '改派');
  assert.equal(nameOf('sign', { state: 'dispatched' }), '签收');
});

test('a dispatch says to whom, by which rule and until when', () => {
  const told = story({ kind: 'dispatch', body: {
    to: { unit: 'lamps', name: '路灯管理所' }, why: { rule: '路灯', reason: '路灯不亮 · 所有区域' }, due_at: '2026-03-06T06:30:00+00:00',
  } });
  assert.equal(told.title, '派遣');
  assert.equal(told.lines[0], '派给路灯管理所');
  assert.match(told.lines[1], /按规则“路灯”：路灯不亮/);
  assert.match(told.lines[2], /^时限 2026年3月6日/);
});

test('a return says why and whose it is instead', () => {
  const { lines } = story({ kind: 'return', body: { reason: 'not_our_duty', by: { name: '园林所' }, proposed: { name: '路灯管理所' } } });
  assert.deepEqual(lines, ['园林所退回', '理由：不属于法定职责', '建议由路灯管理所办理']);
});

test('a verification far from the spot is marked, a near one is told', () => {
  assert.deepEqual(story({ kind: 'pass', body: { distance_m: 812.4, far: true } }).marked, ['离事发地 812 米，偏远']);
  const near = story({ kind: 'fail', body: { distance_m: 12.4, far: false, photos: ['p'] } });
  assert.deepEqual([near.lines, near.marked, near.photos], [['离事发地 12 米'], [], ['p']]);
});

test('a move across a border shows both grids, one inside a grid says it stays', () => {
  const route = (name) => ({ area: name ? { code: 'x', name } : null });
  const { lines } = story({ kind: 'move', body: { route_before: route('一网格'), route: route('二网格') } });
  assert.deepEqual(lines, ['一网格 → 二网格']);
  assert.deepEqual(story({ kind: 'correct', body: { route_before: route('一网格'), route: route('一网格') } }).lines, ['归属不变：一网格']);
  assert.deepEqual(story({ kind: 'reroute', body: { route_before: route('一网格'), route: route(null) } }).lines, ['一网格 → 未归属网格']);
});

test('every kind of event is told even with an empty body', () => {
  [...kinds].forEach((kind) => assert.ok(story({ kind }).title, kind));
});

test('only forms that let people choose ask for choices', () => {
  const choosing = Object.entries(ASKS).filter(([, makers]) => makers.some((make) => /choices/.test(make.toString()))).map(([deed]) => deed);
  assert.deepEqual(Object.keys(ASKS).filter(asksChoices).sort(), choosing.sort());
});
