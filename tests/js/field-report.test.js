import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { canonical } from '../../static/field/canonical.js';
import { bodyOf, hasRoom, missing, newDraft, photosOf } from '../../static/field/draft.js';
import { uuid } from '../../static/shared/uuid.js';

const POINT = { lon: 105.00123456789, lat: 31, accuracy_m: 8.3, method: 'gps', datum: 'wgs84', at: Date.UTC(2026, 2, 5, 6, 30, 0, 120) };
const draft = (more) => ({ ...newDraft('r'), category: { code: 'manhole', photo: 'required' }, photos: [{ id: 'p', sha256: 'ff', bytes: 1 }], ...more });
const body = (more) => JSON.parse(bodyOf(draft(more), { point: POINT, chosenArea: 'A1', now: POINT.at + 5000 }));

test('the body is what the server asks for, and nothing else', () => {
  assert.deepEqual(body({ words: ' 缺了一半 \n' }), {
    id: 'r',
    category: 'manhole',
    position: { type: 'Point', coordinates: [105.0012346, 31] },
    datum: 'wgs84',
    accuracy_m: 8.3,
    method: 'gps',
    fixed_at: '2026-03-05T06:30:00.120Z',
    recorded_at: '2026-03-05T06:30:05.120Z',
    words: '缺了一半',
    chosen_area: 'A1',
    photos: [{ id: 'p', sha256: 'ff' }],
  });
});

test('type, place, and a photo or the reason for none are needed, words are not', () => {
  assert.equal(missing(draft({ category: null }), POINT), 'category');
  assert.equal(missing(draft(), null), 'place');
  assert.equal(missing(draft({ photos: [] }), null), 'reason', 'the map is another screen: it comes last');
  assert.equal(missing(draft({ photos: [] }), POINT), 'reason');
  assert.equal(missing(draft({ photos: [], words: '手机没电' }), POINT), null);
  assert.equal(missing(draft({ photos: [], category: { code: 'noise', photo: 'none' } }), POINT), null);
  assert.equal(missing(draft(), POINT), null);
});

test('what was settled on the spot says so, and what each photo shows', () => {
  const photos = [{ id: 'p', sha256: 'ff' }, { id: 'q', sha256: 'ee', after: true }];
  const settled = body({ photos, settled: true });
  assert.equal(settled.settled, true);
  assert.deepEqual(settled.photos, [{ id: 'p', sha256: 'ff', role: 'before' }, { id: 'q', sha256: 'ee', role: 'after' }]);
  const not = body({ photos });
  assert.equal('settled' in not, false);
  assert.deepEqual(not.photos, [{ id: 'p', sha256: 'ff' }], 'the photo of after has nothing to show then');
});

test('what was settled needs a photo of it where one is required', () => {
  const after = { id: 'q', sha256: 'ee', after: true };
  assert.equal(missing(draft({ settled: true, words: '已补' }), POINT), 'after');
  assert.equal(missing(draft({ settled: true, photos: [after] }), POINT), null);
  assert.equal(missing(draft({ settled: true, photos: [], category: { code: 'noise', photo: 'none' } }), POINT), null);
});

test('three photos as found and two as it is now, no more', () => {
  const photos = Array.from({ length: 3 }, (_, i) => ({ id: `${i}` }));
  const full = draft({ photos: [...photos, { id: 'a', after: true }] });
  assert.deepEqual([hasRoom(full, false), hasRoom(full, true)], [false, true]);
  assert.deepEqual(photosOf(full, true).map(({ id }) => id), ['a']);
});

test('both sides give a report the same name', () => {
  const samples = JSON.parse(readFileSync(new URL('../samples/receipts.json', import.meta.url)));
  assert.ok(samples.length >= 5);
  samples.forEach(({ body: text, sha256 }) => {
    assert.equal(createHash('sha256').update(canonical(text)).digest('hex'), sha256, text);
  });
});

test('an id is a version 4 UUID and never the same', () => {
  assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(Array.from({ length: 1000 }, uuid)).size, 1000);
});
