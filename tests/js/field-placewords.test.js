import assert from 'node:assert/strict';
import test from 'node:test';
import { speaker } from '../../static/shared/words.js';
import zh from '../../static/field/words.zh-hans.js';
import { placeWords } from '../../static/field/placewords.js';
import { queueLine } from '../../static/field/status.js';

const say = speaker({ 'zh-hans': zh }, 'zh-hans');
const plain = (text) => text.replace(/\u00a0/g, ' ');
const GRID = { code: 'A1', name: '翠湖第一网格' };
const answer = (candidates = []) => ({ route: { area: GRID, edge_m: 5, candidates } });
const fix = (more) => ({ method: 'gps', accuracy_m: 8.2, at: 0, ...more });

function line(state) {
  const words = placeWords({ point: null, status: 'found', answer: null, choice: null, now: 0, ...state }, say);
  return [words.kind, words.title, plain(words.detail)];
}

test('a good fix in a known grid', () => {
  assert.deepEqual(line({ point: fix(), answer: answer() }), ['good', '翠湖第一网格', '定位好 ±8 米']);
});

test('fifteen metres are good, sixteen fair, fifty-one poor and worth a look', () => {
  const kinds = [15, 16, 50, 51].map((metres) => line({ point: fix({ accuracy_m: metres }) })[0]);
  assert.deepEqual(kinds, ['good', 'fair', 'fair', 'poor']);
  assert.equal(line({ point: fix({ accuracy_m: 80 }) })[2], '定位差 ±80 米 · 偏差大，请核对');
});

test('the age of a fix is told once it is over thirty seconds', () => {
  assert.equal(line({ point: fix(), now: 30000 })[2], '定位好 ±8 米');
  assert.equal(line({ point: fix(), now: 45000 })[2], '定位好 ±8 米 · 45 秒钟前的位置');
});

test('another search is offered when the fix is old or there is none, and none is on', () => {
  const offered = (state) => placeWords({ point: null, status: 'found', answer: null, choice: null, now: 0, ...state }, say).again;
  assert.equal(offered({ point: fix(), now: 30000 }), false);
  assert.equal(offered({ point: fix(), now: 30001 }), true);
  assert.equal(offered({ point: fix(), now: 90000, status: 'seeking' }), false);
  assert.equal(offered({ point: fix({ method: 'manual' }), now: 90000 }), false, 'a pin does not age');
  const statuses = ['idle', 'seeking', 'late', 'denied', 'none'];
  assert.deepEqual(statuses.filter((status) => offered({ status })), ['idle', 'late', 'denied']);
});

test('near a border the chosen grid is named', () => {
  const both = [{ code: 'A1', name: '翠湖第一网格', own: true, share: 0.4 }, { code: 'A2', name: '翠湖第二网格', own: false, share: 0.6 }];
  assert.deepEqual(line({ point: fix(), answer: answer(both), choice: 'A2' }), ['good', '翠湖第二网格', '定位好 ±8 米 · 靠近边界']);
});

test('without an answer the grid is open, outside it is said', () => {
  assert.equal(line({ point: fix() })[1], '网格待确认');
  assert.equal(line({ point: fix(), answer: { route: { area: null, candidates: [] } } })[1], '不在任何网格内');
});

test('a pin has no accuracy to speak of', () => {
  assert.deepEqual(line({ point: fix({ method: 'manual', accuracy_m: null }), answer: answer(), now: 90000 }), ['pinned', '翠湖第一网格', '图上选定的位置']);
});

test('no position says why and what to do', () => {
  assert.deepEqual(line({ status: 'seeking' }), ['seeking', '正在定位…', '']);
  assert.deepEqual(line({ status: 'denied' }), ['none', '没有定位权限', '请在浏览器的网站设置里允许定位，或在图上选位置']);
  assert.deepEqual(line({ status: 'late' }), ['none', '暂时定不到位', '在图上选位置']);
  assert.deepEqual(line({ status: 'none' }), ['none', '本机不能定位', '在图上选位置']);
});

test('the header tells the worst first', () => {
  const calm = { needsLogin: false, stuck: 0, sending: false, waiting: 0, sent: 0, others: 0 };
  const text = (counts) => queueLine({ ...calm, ...counts }, say).text;
  assert.equal(text({}), '没有待发送');
  assert.equal(text({ sent: 3 }), '已送达');
  assert.equal(text({ waiting: 2, sent: 3 }), '已保存在本机 · 待发送 2');
  assert.equal(text({ waiting: 2, sending: true }), '发送中 · 剩 2');
  assert.equal(text({ waiting: 2, stuck: 1 }), '需处理 1 · 待发送 2');
  assert.equal(text({ waiting: 2, stuck: 1, needsLogin: true }), '请重新登录，内容都在');
});
