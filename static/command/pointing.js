/** What lies under the pointer, from the top down: its label while it hovers, a click chooses it. */
import { el } from '../shared/dom.js';

/**
 * @param {L.Map} map  @param {{show, hide}} hover the label that follows the pointer
 * @param {{hit(latlng): {words: string, at, choose: function()}|null}[]} layers the topmost first
 */
export function createPointing(map, hover, layers) {
  let frame = 0;
  let last = null;
  const hitAt = (latlng) => layers.reduce((found, layer) => found || layer.hit(latlng), null);

  function look() {
    frame = 0;
    const found = last && hitAt(last);
    map.getContainer().classList.toggle('pointing', Boolean(found));
    if (found) hover.show(found.at || last, el('span', {}, found.words));
    else hover.hide();
  }

  function soon(latlng) {
    last = latlng;
    frame = frame || requestAnimationFrame(look);
  }

  // A marker made of elements and the map's controls speak for themselves.
  map.on('mousemove', ({ latlng, originalEvent }) => soon(originalEvent.target.closest('.pin, .leaflet-control') ? null : latlng));
  map.on('mouseout zoomstart', () => soon(null));
  map.on('click', ({ latlng }) => {
    const found = hitAt(latlng);
    if (found) found.choose();
  });
}
