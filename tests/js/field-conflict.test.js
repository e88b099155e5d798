import assert from 'node:assert/strict';
import test from 'node:test';
import { asRemark, changes, insisted, mayInsist, mayRemark } from '../../static/field/conflict.js';
import { snapshot } from '../../static/field/snapshot.js';

const STEPS = [{ kind: 'report', by: 'Zhao', at: 't1', note: '', body: {} }, { kind: 'press', by: 'Chen', at: 't2', note: '请快', body: {} }];
const incident = (more) => ({ version: 3, state: 'in_progress', holder: 'A1', deeds: ['answer', 'remark'], timeline: STEPS.slice(0, 1), photos_list: [1], ...more });
const seen = snapshot(incident());
const current = snapshot(incident({ version: 5, holder: 'A2', timeline: STEPS }), seen);
const ITEM = {
  id: 'd', deed: 'answer', incident: 'i', label: { category: '路灯', deed: '反馈' }, seen, current,
  body: JSON.stringify({ id: 'd', seen_version: 3, note: '已换', photos: [{ id: 'p', sha256: 'ff', role: 'after' }] }),
};

test('both versions are there, and what happened in between', () => {
  assert.deepEqual(changes(ITEM), [{ name: 'holder', before: 'A1', now: 'A2' }]);
  assert.deepEqual(current.news, [{ kind: 'press', by: 'Chen', at: 't2', note: '请快' }]);
  assert.equal('photos_list' in current, false, 'the queue keeps no more than it shows');
});

test('an item of an older page has nothing to compare with, and still a choice', () => {
  assert.deepEqual(changes({ ...ITEM, seen: undefined }), []);
  assert.equal(mayInsist(ITEM), true);
});

test('insisting is a new deed with the same words and photos on what is true now', () => {
  const again = insisted(ITEM, 'e');
  assert.equal(again.id, 'e');
  assert.deepEqual(JSON.parse(again.body), { ...JSON.parse(ITEM.body), id: 'e', seen_version: 5 });
});

test('what can no longer be done may still be said', () => {
  const late = { ...ITEM, current: { ...current, deeds: ['remark'] } };
  assert.deepEqual([mayInsist(late), mayRemark(late)], [false, true]);
  const remark = asRemark(late, '备注', 'e');
  assert.deepEqual([remark.deed, remark.label.deed], ['remark', '备注']);
  assert.deepEqual(JSON.parse(remark.body), { id: 'e', seen_version: 5, note: '已换', photos: [{ id: 'p', sha256: 'ff', role: 'after' }] });
});

test('without words there is nothing to remark', () => {
  assert.equal(mayRemark({ ...ITEM, body: '{"note":""}' }), false);
});
