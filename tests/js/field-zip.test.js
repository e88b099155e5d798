import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { memoryStore } from '../../static/field/memory.js';
import { rescued } from '../../static/field/rescue.js';
import { crc32, createZip } from '../../static/field/zip.js';

// Another's reader, which checks each CRC: {name: text}.
const READER = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps({name: archive.read(name).decode("latin-1") for name in archive.namelist()}))
`;

async function opened(blob) {
  const folder = mkdtempSync(join(tmpdir(), 'zip-'));
  const file = join(folder, 'a.zip');
  try {
    writeFileSync(file, new Uint8Array(await blob.arrayBuffer()));
    return JSON.parse(execFileSync('python3', ['-c', READER, file], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the check value of CRC-32', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
});

test('another program reads the archive, Chinese names and all', async () => {
  const zip = createZip();
  zip.add('01 路灯不亮/照片1.jpg', new Uint8Array([255, 216, 0, 1]));
  zip.add('empty.txt', '');
  assert.deepEqual(await opened(zip.finish()), { '01 路灯不亮/照片1.jpg': '\u00ff\u00d8\u0000\u0001', 'empty.txt': '' });
});

test('everything unsent of one person is in it: items, forms, photos, and nobody else\'s', async () => {
  const store = memoryStore();
  const made_at = new Date(2026, 10, 22, 14, 30).toISOString();
  const item = { id: 'a', owner: 'li', body: '{"words":"缺了"}', photos: [{ id: 'p' }], label: { category: '井盖/破损' }, made_at };
  await store.add(item, [{ id: 'p', bytes: new Uint8Array([65, 66]).buffer, type: 'image/jpeg' }]);
  const draft = (owner, key) => ({ key, owner, filled: true, fields: { words: '未完' }, photos: [{ id: key }], at: Date.parse(made_at) });
  await store.saveDraft(draft('li', 'd1'), [{ id: 'd1', bytes: new Uint8Array([67]).buffer, type: 'image/png' }]);
  await store.saveDraft(draft('wang', 'd2'), []);

  const files = await opened(await rescued(store, await store.items(), 'li'));
  assert.deepEqual(Object.keys(files), [
    '01 井盖 破损 20261122-1430/内容.json', '01 井盖 破损 20261122-1430/照片1.jpg',
    '未提交 20261122-1430/内容.json', '未提交 20261122-1430/照片1.png',
  ]);
  assert.equal(files['01 井盖 破损 20261122-1430/照片1.jpg'], 'AB');
});
