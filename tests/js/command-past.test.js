/** Rows from the server page by page, and one deed on many, stopped in between. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBatch } from '../../static/command/batch.js';
import { crossesItself } from '../../static/command/lasso.js';
import { Past } from '../../static/command/past.js';

const turn = () => new Promise((done) => { setTimeout(done, 5); });

test('pages add up, nothing comes twice, and a failed one is asked for again', async () => {
  const pages = [{ items: [{ id: 'a' }, { id: 'b' }], count: 3 }, new Error('away'), { items: [{ id: 'b' }, { id: 'c' }], count: 3 }];
  const asked = [];
  const past = new Past(async (query) => {
    asked.push(query);
    const page = pages.shift();
    if (page instanceof Error) throw page;
    return page;
  }, () => {});
  past.ask('state=closed', 0);
  assert.equal(past.state, 'loading');
  await turn();
  assert.deepEqual([past.rows.length, past.count, past.state], [2, 3, '']);
  await past.more();
  assert.equal(past.state, 'failed');
  await past.more();
  assert.deepEqual(past.rows.map(({ id }) => id), ['a', 'b', 'c']);
  assert.deepEqual(asked, ['state=closed&page=1', 'state=closed&page=2', 'state=closed&page=2']);
});

test('an answer to an older question is dropped', async () => {
  const answers = new Map();
  const past = new Past((query) => new Promise((resolve) => { answers.set(query, resolve); }), () => {});
  past.ask('q=a', 0);
  await turn();
  past.ask('q=b', 0);
  await turn();
  answers.get('q=b&page=1')({ items: [{ id: 'b' }], count: 1 });
  answers.get('q=a&page=1')({ items: [{ id: 'a' }], count: 9 });
  await turn();
  assert.deepEqual([past.rows.map(({ id }) => id), past.count], [['b'], 1]);
  past.forget();
  past.take({ id: 'b', version: 2 });
  assert.deepEqual(past.rows, []);
});

test('a batch tells of each, goes on after a refusal, and stops when it is told to', async () => {
  const told = [];
  const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));
  const sums = await runBatch(rows, {
    async send({ id }) {
      if (id === 'b') throw new Error('not now');
      return { stale: id === 'c', words: id === 'c' ? 'somebody was first' : '' };
    },
    whyNot: (error) => error.message,
    told: ({ row, ok, words }) => told.push([row.id, ok, words]),
    stopped: () => told.length === 4,
  });
  assert.deepEqual(told, [['a', true, ''], ['b', false, 'not now'], ['c', false, 'somebody was first'], ['d', true, '']]);
  assert.deepEqual(sums, { done: 2, failed: 2, left: 1 });
});

test('a polygon whose sides cross is known', () => {
  assert.equal(crossesItself([[0, 0], [4, 0], [4, 4], [0, 4]]), false);
  assert.equal(crossesItself([[0, 0], [4, 4], [4, 0], [0, 4]]), true);
  assert.equal(crossesItself([[0, 0], [4, 0], [0, 4]]), false);
  assert.equal(crossesItself([[0, 0], [6, 0], [6, 6], [3, -1], [0, 6]]), true);
});
