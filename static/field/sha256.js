/**
 * SHA-256, so that the server's receipt can be checked against what we sent.
 * crypto.subtle exists only in secure contexts; a phone on the office network over plain http
 * has none, so the algorithm of FIPS 180-4 stands below as well.
 */

/** Hex digest of an ArrayBuffer or of a text in UTF-8. */
export async function sha256(data) {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);
  const { subtle } = globalThis.crypto || {};
  return hex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : digest(bytes));
}

/** The same by hand: Uint8Array in, 32 bytes out. Pure; about 30 MB a second on a cheap phone. */
export function digest(bytes) {
  const state = Uint32Array.from(FIRST);
  const blocks = padded(bytes);
  const schedule = new Uint32Array(64);
  for (let at = 0; at < blocks.byteLength; at += 64) mix(state, schedule, blocks, at);
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => out.setUint32(4 * i, word));
  return new Uint8Array(out.buffer);
}

/** The message, a one bit, zeros, and its length in bits in the last eight bytes. */
function padded(bytes) {
  const size = Math.ceil((bytes.length + 9) / 64) * 64;
  const view = new DataView(new ArrayBuffer(size));
  const whole = new Uint8Array(view.buffer);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  view.setUint32(size - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(size - 4, bytes.length << 3);
  return view;
}

const turn = (word, by) => (word >>> by) | (word << (32 - by));

function mix(state, schedule, blocks, at) {
  for (let i = 0; i < 16; i += 1) schedule[i] = blocks.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const early = schedule[i - 15];
    const late = schedule[i - 2];
    schedule[i] = schedule[i - 16] + schedule[i - 7]
      + (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3))
      + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + schedule[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

// The constants are fractions of the square and cube roots of the first primes: computing them
// is shorter than a table, and a typing error cannot hide in it.
const PRIMES = primes(64);
const FIRST = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

function fraction(root) {
  return Math.floor((root - Math.floor(root)) * 0x100000000) >>> 0;
}

function primes(count) {
  const found = [];
  for (let n = 2; found.length < count; n += 1) {
    if (found.every((prime) => n % prime)) found.push(n);
  }
  return found;
}
