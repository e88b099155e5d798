/** The pack, what screens read from it, and which tiles go with it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Refused, Unreachable } from '../../static/shared/api.js';
import { boxOf, tilesFor } from '../../static/field/ground.js';
import { createPack } from '../../static/field/pack.js';
import { createReader } from '../../static/field/reading.js';

const URLS = {
  me: '/api/field/me',
  tasks: '/api/field/tasks',
  incident: '/api/incidents/{id}',
  choices: '/api/incidents/{id}/choices',
};
const DATA = {
  me: { categories: [{ code: 'lamp', name: '路灯', major: { code: 'm', name: '设施' }, photo: 'asked' }] },
  tasks: [{ id: 'a' }],
  details: { a: { id: 'a', area: 'A1' } },
  choices: {
    reasons: { return: [] },
    limits: [],
    units: [{ code: 'lamps' }],
    neighbours: { S: [{ code: 'A1' }, { code: 'A2' }] },
    of: { a: { limit: { amount: 1 }, extensions_left: 1, areas: [{ code: 'S' }], street: 'S' } },
  },
};
const away = async () => { throw new Unreachable('cut'); };

function packed(data = DATA) {
  return { ready: Promise.resolve(), data: () => data, at: () => 5 };
}

function kept(before = null) {
  const store = { pack: before };
  return {
    store,
    packOf: async () => store.pack,
    keepPack: async (owner, pack) => { store.pack = { ...pack, owner }; },
  };
}

test('the server is asked first, and its word counts', async () => {
  const { read } = createReader({ ask: async () => ({ items: [] }), pack: packed(), urls: URLS });
  assert.deepEqual(await read('/api/field/tasks'), { items: [] });
});

test('where it cannot be reached the phone answers', async () => {
  const { read } = createReader({ ask: away, pack: packed(), urls: URLS });
  assert.deepEqual(await read('/api/field/tasks'), { items: DATA.tasks });
  assert.deepEqual(await read('/api/incidents/a'), DATA.details.a);
  assert.deepEqual(await read('/api/field/me'), DATA.me);
});

test('what the phone does not have stays out of reach', async () => {
  const { read, held } = createReader({ ask: away, pack: packed(), urls: URLS });
  await assert.rejects(read('/api/incidents/b'), Unreachable);
  await assert.rejects(read('/api/incidents/a/choices/areas?q=x'), Unreachable);
  assert.equal(held('/api/incidents/b/choices'), undefined);
});

test('a refusal is never covered by an older yes', async () => {
  const no = async () => { throw new Refused(403, { code: 'not_yours' }); };
  const { read } = createReader({ ask: no, pack: packed(), urls: URLS });
  await assert.rejects(read('/api/incidents/a'), Refused);
});

test('a network that says nothing is as good as none', async () => {
  const { read } = createReader({ ask: () => new Promise(() => {}), pack: packed(), urls: URLS, patience: 5 });
  assert.deepEqual(await read('/api/incidents/a'), DATA.details.a);
});

test('the forms find their choices put together', async () => {
  const { held } = createReader({ ask: away, pack: packed(), urls: URLS });
  const choices = held('/api/incidents/a/choices');
  assert.deepEqual(choices.hand_over, [{ code: 'A2' }]);
  assert.deepEqual(choices.categories, [{ code: 'lamp', name: '路灯', major: '设施' }]);
  assert.deepEqual([choices.limit, choices.extensions_left, choices.units], [{ amount: 1 }, 1, [{ code: 'lamps' }]]);
});

test('a pack is asked for by its ETag, and no sooner than needed', async () => {
  let now = 0;
  const asked = [];
  const { store, packOf, keepPack } = kept();
  const getAnew = async (url, etag) => {
    asked.push(etag);
    return { body: etag ? null : DATA, etag: '"1"' };
  };
  const pack = createPack({ owner: 'li', url: '/pack', getAnew, packOf, keepPack, now: () => now });
  const heard = [];
  pack.listen((data) => heard.push(data));

  await pack.refresh();
  now = 60000;
  await pack.refresh();
  assert.deepEqual(asked, [null]);
  now = 600000;
  await pack.refresh();

  assert.deepEqual(asked, [null, '"1"']);
  assert.deepEqual([pack.at(), pack.data()], [600000, DATA]);
  assert.deepEqual(heard, [DATA, DATA]);
  assert.deepEqual(store.pack, { owner: 'li', made_at: 600000, etag: '"1"', data: DATA });
});

test('what was kept is there before the network answers, and stays when it does not', async () => {
  const { packOf, keepPack } = kept({ made_at: 1, etag: '"1"', data: DATA });
  const pack = createPack({ owner: 'li', url: '/pack', getAnew: away, packOf, keepPack });
  await pack.ready;
  assert.equal(pack.data(), DATA);
  await assert.rejects(pack.refresh(), Unreachable);
  assert.deepEqual([pack.data(), pack.at()], [DATA, 1]);
});

test('a full disk costs the next start, not this page', async () => {
  const full = async () => { throw new Error('QuotaExceededError'); };
  const pack = createPack({
    owner: 'li', url: '/pack', getAnew: async () => ({ body: DATA, etag: '"1"' }), packOf: async () => null, keepPack: full,
  });
  await pack.refresh();
  assert.equal(pack.data(), DATA);
});

const SQUARE = [[[[105, 31], [105.004, 31], [105.004, 31.004], [105, 31.004], [105, 31]]]];
const areas = { features: [{ geometry: { type: 'MultiPolygon', coordinates: SQUARE } }] };

test('the tiles are those under the grid, the overview before the detail', () => {
  assert.deepEqual(boxOf(areas.features[0].geometry), [105, 31, 105.004, 31.004]);
  const tiles = tilesFor({ areas, tasks: [] });
  const zooms = tiles.map(({ z }) => z);
  assert.deepEqual(zooms, zooms.slice().sort((one, other) => one - other));
  assert.deepEqual([zooms[0], zooms[zooms.length - 1]], [10, 16]);
  // Web Mercator by the book: floor((105 + 180) / 360 * 2 ** 16).
  assert.ok(tiles.some(({ z, x }) => z === 16 && x === 51882));
});

test('a task elsewhere brings its own tiles; there is a bound to all of it', () => {
  const far = tilesFor({ areas, tasks: [{ lon: 116, lat: 40 }] });
  assert.ok(far.length > tilesFor({ areas, tasks: [] }).length);
  assert.equal(tilesFor({ areas, tasks: [{ lon: 116, lat: 40 }] }, 9).length, 9);
  assert.deepEqual(tilesFor({ areas: { features: [] }, tasks: [] }), []);
});
