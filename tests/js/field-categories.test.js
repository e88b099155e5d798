import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { afterUse, grouped, suggested } from '../../static/field/categories.js';
import { initials } from '../../static/field/initials.js';

const pack = JSON.parse(readFileSync(new URL('../../incidents/packs/neighbourhood.json', import.meta.url)));
const ALL = pack.majors.flatMap(({ minors, code, name }) => minors.map((minor) => ({ ...minor, major: { code, name }, recent: false })));
const codes = (categories) => categories.map(({ code }) => code);

test('what was used on this phone comes first, then what the server knows, then the list', () => {
  const known = ALL.map((category) => ({ ...category, recent: category.code === 'noise' }));
  assert.deepEqual(codes(suggested(known, ['gas_smell', 'manhole'])), [
    'gas_smell', 'manhole', 'noise', 'fire_passage', 'ebike_indoors', 'fire_equipment',
  ]);
});

test('never more than six, each once, and no category that is gone', () => {
  const used = ['manhole', 'withdrawn', 'noise', 'manhole', 'sewage', 'gas_smell', 'barrier', 'hardship', 'lift_fault'];
  const offered = codes(suggested(ALL, used));
  assert.equal(offered.length, 6);
  assert.equal(new Set(offered).size, 6);
  assert.ok(!offered.includes('withdrawn'));
});

test('using a category moves it to the front', () => {
  assert.deepEqual(afterUse(['a', 'b', 'c'], 'c'), ['c', 'a', 'b']);
  assert.equal(afterUse(['a', 'b', 'c', 'd', 'e', 'f'], 'g').length, 6);
});

test('the whole list keeps its two levels and its order', () => {
  const groups = grouped(ALL);
  assert.deepEqual(codes(groups), codes(pack.majors));
  assert.deepEqual(codes(groups[1].categories), codes(pack.majors[1].minors));
});

test('search finds by part of a name, by the group, and by first letters', () => {
  assert.deepEqual(codes(grouped(ALL, '井盖')[0].categories), ['manhole']);
  assert.deepEqual(codes(grouped(ALL, 'JGQS')[0].categories), ['manhole']);
  assert.equal(grouped(ALL, '食品安全')[0].categories.length, 3);
  assert.deepEqual(grouped(ALL, '没有这种'), []);
});

test('each letter begins and ends where the pinyin does', () => {
  const borders = {
    a: '啊奥', b: '八不', c: '擦错', d: '搭多', e: '额二', f: '发父', g: '嘎过', h: '哈货', j: '几军', k: '卡扩', l: '拉落',
    m: '妈木', n: '拿诺', o: '哦欧', p: '爬普', q: '七群', r: '然若', s: '撒所', t: '他脱', w: '挖误', x: '西训', y: '压运', z: '杂做',
  };
  Object.entries(borders).forEach(([letter, characters]) => assert.equal(initials(characters), letter + letter));
});

test('first letters of pinyin', () => {
  const words = { 井盖缺失破损: 'jgqsps', 电动车进楼充电: 'ddcjlcd', 暴露垃圾: 'bllj', 噪声扰民: 'zsrm', 外墙脱落: 'wqtl', 'Wi-Fi 坏了': 'wi-fi hl' };
  Object.entries(words).forEach(([text, letters]) => assert.equal(initials(text), letters));
});
