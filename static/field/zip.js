/**
 * A ZIP archive without compression (photos are compressed already), with names in UTF-8: every
 * phone and desktop opens it. Format: PKWARE APPNOTE 4.3; below 4 GB and 65,535 files.
 */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});
const UTF8 = 0x0800;
const VERSION = 20;

/** CRC-32 (ISO-HDLC) of a Uint8Array. Pure. */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Collects files one by one; only Blobs are held, which the browser may keep on disk. */
export function createZip() {
  const parts = [];
  const index = [];
  let offset = 0;

  /** @param {string} name with / between folders  @param {Uint8Array|string} content  @param {Date} at */
  function add(name, content, at = new Date()) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const label = new TextEncoder().encode(name);
    const about = [VERSION, UTF8, 0, clock(at), day(at)];
    const sizes = [crc32(bytes), bytes.length, bytes.length];
    const head = record([[4, 0x04034b50], ...two(about), ...four(sizes), ...two([label.length, 0])]);
    parts.push(new Blob([head, label, bytes]));
    index.push(record([
      [4, 0x02014b50], [2, VERSION], ...two(about), ...four(sizes), ...two([label.length, 0, 0, 0, 0]), ...four([0, offset]),
    ]), label);
    offset += head.length + label.length + bytes.length;
  }

  /** The archive as a Blob. */
  function finish() {
    const files = index.length / 2;
    const size = index.reduce((sum, bytes) => sum + bytes.length, 0);
    const end = record([[4, 0x06054b50], ...two([0, 0, files, files]), ...four([size, offset]), [2, 0]]);
    return new Blob([...parts, ...index, end], { type: 'application/zip' });
  }

  return { add, finish };
}

const two = (values) => values.map((value) => [2, value]);
const four = (values) => values.map((value) => [4, value]);

/** Little-endian fields [[bytes, value]] as a Uint8Array. */
function record(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  fields.forEach(([size, value]) => {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  });
  return new Uint8Array(view.buffer);
}

/** Time and date as DOS wrote them, in local time. */
const clock = (at) => (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1);
const day = (at) => ((at.getFullYear() - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate();
