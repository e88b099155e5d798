/**
 * Which way up a JPEG is: the EXIF tag, and whether this browser already obeys it. Phones write
 * the picture as the sensor saw it and a number from 1 to 8 for how to hold it; browsers before
 * 2020 ignored the number.
 */

// Two pixels side by side with orientation 6: a browser that obeys sees them on top of each other.
const PROBE = '/9j/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAP//////////////////////////////'
  + '////////////////////////////////////////////////////////wAALCAABAAIBAREA/8QAFAABAAAAAAAA'
  + 'AAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z';
let obeys = null;

/** The orientation (1 to 8) in a JPEG's EXIF block; 1 when there is none. Pure. */
export function orientationOf(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return 1;
  for (let at = 2; at + 4 <= view.byteLength;) {
    const marker = view.getUint16(at);
    if (marker === 0xffe1 && isExif(view, at + 4)) return inTiff(view, at + 10);
    if (marker < 0xffc0 || marker === 0xffda) return 1;
    at += 2 + view.getUint16(at + 2);
  }
  return 1;
}

/** Does decode (Blob -> {width, height}) turn pictures by itself? Asked once. */
export async function turnsItself(decode) {
  if (obeys === null) {
    const bytes = Uint8Array.from(atob(PROBE), (character) => character.charCodeAt(0));
    const picture = await decode(new Blob([bytes], { type: 'image/jpeg' }));
    obeys = picture.width < picture.height;
  }
  return obeys;
}

const isExif = (view, at) => at + 18 <= view.byteLength && view.getUint32(at) === 0x45786966;

/** Tag 0x0112 of the first directory of the TIFF block that EXIF is. */
function inTiff(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, little);
  if (directory + 2 > view.byteLength) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i += 1) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > view.byteLength) return 1;
    if (view.getUint16(entry, little) === 0x0112) return view.getUint16(entry + 8, little);
  }
  return 1;
}
