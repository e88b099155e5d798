/**
 * Make a photo small enough for a poor line: drawn anew on a canvas, so that the EXIF block (place,
 * owner, thumbnail of what was cropped away) cannot come along, and the right way up.
 */
import { orientationOf, turnsItself } from './orientation.js';

const ENOUGH_BYTES = 400 * 1024;
// Longest side in pixels and JPEG quality; the next one only when the result is still too heavy.
const TRIES = [[2048, 0.7], [2048, 0.55], [1600, 0.6], [1280, 0.6]];
const EXIF_BYTES = 128 * 1024;
const TYPE = 'image/jpeg';

/**
 * @param {Blob} file what the camera gave
 * @returns {Promise<{bytes: ArrayBuffer, type: string, width: number, height: number}>}
 *   rejects when this browser cannot read the file as a picture
 */
export async function shrink(file) {
  const picture = await decode(file);
  const orientation = await turnsItself(decode) ? 1 : orientationOf(await head(file));
  try {
    let blob = null;
    let size = null;
    for (const [longest, quality] of TRIES) {
      size = fit(picture, orientation, longest);
      blob = await encode(draw(picture, orientation, size), quality);
      if (blob.size <= ENOUGH_BYTES) break;
    }
    return { bytes: await blob.arrayBuffer(), type: TYPE, ...size };
  } finally {
    if (picture.close) picture.close();
  }
}

/** Size in pixels after turning, never larger than the original. Pure. */
export function fit({ width, height }, orientation, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  const [across, down] = orientation >= 5 ? [height, width] : [width, height];
  return { width: Math.max(1, Math.round(across * scale)), height: Math.max(1, Math.round(down * scale)) };
}

/** Canvas matrix that brings a picture of an EXIF orientation upright into width x height. Pure. */
export function upright(orientation, { width, height }) {
  return {
    2: [-1, 0, 0, 1, width, 0],
    3: [-1, 0, 0, -1, width, height],
    4: [1, 0, 0, -1, 0, height],
    5: [0, 1, 1, 0, 0, 0],
    6: [0, 1, -1, 0, width, 0],
    7: [0, -1, -1, 0, width, height],
    8: [0, -1, 1, 0, 0, height],
  }[orientation] || [1, 0, 0, 1, 0, 0];
}

function draw(picture, orientation, size) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, size);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';   // JPEG has no transparency; black would swallow a drawing
  context.fillRect(0, 0, size.width, size.height);
  context.setTransform(...upright(orientation, size));
  const [across, down] = orientation >= 5 ? [size.height, size.width] : [size.width, size.height];
  context.drawImage(picture, 0, 0, across, down);
  return canvas;
}

function encode(canvas, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no room for the picture'))), TYPE, quality);
  });
}

/** ImageBitmap where there is one (it decodes beside the page), else an <img>. */
async function decode(blob) {
  if (window.createImageBitmap) {
    try {
      return await createImageBitmap(blob);
    } catch (error) {
      // Very large originals: <img> decodes them at a smaller scale.
    }
  }
  return asImage(blob);
}

function asImage(blob) {
  const url = URL.createObjectURL(blob);
  const image = new Image();
  return new Promise((resolve, reject) => {
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error('not a picture'));
    image.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

/** The first bytes of a file, where EXIF stands. */
const head = (file) => file.slice(0, EXIF_BYTES).arrayBuffer();
