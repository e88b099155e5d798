import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { afterUse, grouped, suggested } from '../../static/field/categories.js';
import { initials, soundsLike } from '../../static/field/initials.js';

const pack = JSON.parse(readFileSync(new URL('../../incidents/packs/neighbourhood.json', import.meta.url)));
const ALL = pack.majors.flatMap(({ minors, code, name }) => minors.map((minor) => ({ ...minor, major: { code, name }, recent: false })));
const codes = (categories) => categories.map(({ code }) => code);

/** Counts for each two hours of the day: so many in the slot of this hour. */
const at = (hour, count) => Array.from({ length: 12 }, (_, slot) => (slot === Math.floor(hour / 2) ? count : 0));

test('what was used on this phone comes first, then what the server knows, then the list', () => {
  const known = ALL.map((category) => ({ ...category, recent: category.code === 'noise' }));
  assert.deepEqual(codes(suggested(known, ['gas_smell', 'manhole'], 9)), [
    'gas_smell', 'manhole', 'noise', 'fire_passage', 'ebike_indoors', 'fire_equipment',
  ]);
});

test('after three from history come those usual on this ground at this time of day', () => {
  const hours = { sewage: at(8, 5), barrier: at(10, 9), hardship: at(20, 50), noise: at(9, 7) };
  const known = ALL.map((category) => ({ ...category, hours: hours[category.code] || [] }));
  const used = ['manhole', 'gas_smell', 'lift_fault', 'fire_passage'];
  assert.deepEqual(codes(suggested(known, used, 9)), ['manhole', 'gas_smell', 'lift_fault', 'barrier', 'noise', 'sewage']);
  assert.equal(codes(suggested(known, used, 21))[3], 'hardship');
  assert.equal(codes(suggested(known, used, 14))[3], 'fire_passage', 'nothing usual at two: history goes on');
});

test('midnight lies beside the evening', () => {
  const known = ALL.map((category) => ({ ...category, hours: category.code === 'noise' ? at(23, 1) : [] }));
  assert.equal(codes(suggested(known, [], 0))[0], 'noise');
});

test('never more than six, each once, and no category that is gone', () => {
  const used = ['manhole', 'withdrawn', 'noise', 'manhole', 'sewage', 'gas_smell', 'barrier', 'hardship', 'lift_fault'];
  const offered = codes(suggested(ALL, used, 9));
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

test('every character of GB 2312 has a letter it can be read with', () => {
  const { letters } = JSON.parse(readFileSync(new URL('../samples/pinyin-letters.json', import.meta.url)));
  const readings = new Map();
  Object.entries(letters).forEach(([letter, characters]) => Array.from(characters).forEach((character) => {
    readings.set(character, (readings.get(character) || '') + letter);
  }));
  assert.equal(readings.size, 6763);
  const wrong = Array.from(readings).filter(([character, known]) => !known.includes(initials(character)));
  assert.ok(wrong.length <= 5, wrong.join(' '));   // interjections without a settled reading
});

test('every category of the demo is found by its own first letters', () => {
  ALL.forEach(({ code, name }) => {
    const found = grouped(ALL, initials(name)).flatMap(({ categories }) => codes(categories));
    assert.ok(found.includes(code), name);
  });
});

test('a character with two readings is found by either', () => {
  assert.ok(soundsLike('重大隐患', 'zdyh') && soundsLike('重复', 'cf'));
  assert.ok(soundsLike('自行车乱停', 'zxc') && soundsLike('银行', 'yh'));
  assert.ok(soundsLike('占道经营', 'jy') && !soundsLike('占道经营', 'jz'));
  assert.ok(grouped(ALL, 'lj').some(({ categories }) => categories.some(({ name }) => name === '暴露垃圾')));
});
