import assert from 'node:assert/strict';
import test from 'node:test';
import { orientationOf, turnsItself } from '../../static/field/orientation.js';
import { fit, upright } from '../../static/field/photo.js';

/** The head of a JPEG with an EXIF block that holds one orientation tag. */
function jpeg(orientation, { little = true, before = [] } = {}) {
  const word = (value) => (little ? [value & 255, value >> 8] : [value >> 8, value & 255]);
  const long = (value) => (little ? [...word(value), 0, 0] : [0, 0, ...word(value)]);
  const tiff = [
    ...(little ? [0x49, 0x49] : [0x4d, 0x4d]), ...word(42), ...long(8), ...word(1),
    ...word(0x0112), ...word(3), ...long(1), ...word(orientation), 0, 0, ...long(0),
  ];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  const length = exif.length + 2;
  return Uint8Array.from([0xff, 0xd8, ...before, 0xff, 0xe1, length >> 8, length & 255, ...exif, 0xff, 0xda]).buffer;
}

test('the orientation is read in both byte orders and behind other blocks', () => {
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    assert.equal(orientationOf(jpeg(orientation)), orientation);
    assert.equal(orientationOf(jpeg(orientation, { little: false })), orientation);
  }
  assert.equal(orientationOf(jpeg(6, { before: [0xff, 0xe0, 0, 4, 1, 2] })), 6);
});

test('no picture, no EXIF and a cut EXIF mean upright', () => {
  assert.equal(orientationOf(new ArrayBuffer(0)), 1);
  assert.equal(orientationOf(Uint8Array.from([0x89, 0x50, 0x4e, 0x47]).buffer), 1);
  assert.equal(orientationOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xda]).buffer), 1);
  const whole = jpeg(6);
  for (let length = 0; length < whole.byteLength - 6; length += 1) {
    assert.ok([1, 6].includes(orientationOf(whole.slice(0, length))));
  }
});

test('the browser is asked once whether it turns pictures itself', async () => {
  let asked = 0;
  const decode = async (blob) => {
    asked += 1;
    assert.equal(orientationOf(await blob.arrayBuffer()), 6);
    return { width: 1, height: 2 };
  };
  assert.equal(await turnsItself(decode), true);
  assert.equal(await turnsItself(decode), true);
  assert.equal(asked, 1);
});

test('the long side is at most 2048 pixels and small pictures stay', () => {
  assert.deepEqual(fit({ width: 4000, height: 3000 }, 1, 2048), { width: 2048, height: 1536 });
  assert.deepEqual(fit({ width: 4000, height: 3000 }, 6, 2048), { width: 1536, height: 2048 });
  assert.deepEqual(fit({ width: 640, height: 480 }, 1, 2048), { width: 640, height: 480 });
  assert.deepEqual(fit({ width: 100000, height: 1 }, 1, 2048), { width: 2048, height: 1 });
});

test('every orientation puts the top left corner of the scene at the top left', () => {
  // Where the corner of the scene lies in the stored picture of 4 x 2 (or 2 x 4 when turned).
  const corner = {
    1: [0, 0], 2: [4, 0], 3: [4, 2], 4: [0, 2], 5: [0, 0], 6: [0, 4], 7: [2, 4], 8: [2, 0],
  };
  const size = { width: 4, height: 2 };
  Object.entries(corner).forEach(([orientation, [x, y]]) => {
    const [a, b, c, d, e, f] = upright(Number(orientation), size);
    assert.deepEqual([a * x + c * y + e, b * x + d * y + f], [0, 0], `orientation ${orientation}`);
  });
});
