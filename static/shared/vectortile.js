/**
 * Reading one vector tile: what the server drew, as plain features in pixels of the tile.
 * The painter of the base map brings the reader along.
 */
/* global protomapsL */
import { bytes } from './api.js';

/**
 * @param {string} url of the tile  @param {number} size in pixels  @param {AbortSignal} signal
 * @returns {Promise<Map<string, object[]>>} layer -> features: {props, geom: [[{x, y}]], bbox}
 */
export function loadTile(url, size, signal) {
  const source = { getZxy: async () => ({ data: await bytes(url, signal) }) };
  return new protomapsL.PmtilesSource(source, false).get({ z: 0, x: 0, y: 0 }, size);
}
