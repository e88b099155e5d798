/** Pointing at a place: the map moves under a cross, by mouse or arrow keys, until it is right. */
import { byId } from '../shared/dom.js';

/**
 * @param {Chart} chart  @param {HTMLDialogElement} dialog makes room meanwhile: nothing behind a
 *   modal one can be reached
 * @returns {function({lon, lat}): Promise<{lon, lat, datum}|null>} ask
 */
export function createCrosshair(chart, dialog) {
  const bar = byId('crosshair');
  return (from) => new Promise((resolve) => {
    dialog.close();
    bar.hidden = false;
    chart.center(from);
    chart.focus();

    function end(place) {
      bar.hidden = true;
      byId('crosshair-take').onclick = null;
      byId('crosshair-cancel').onclick = null;
      document.removeEventListener('keydown', onKey, true);
      dialog.showModal();
      resolve(place);
    }

    function onKey(event) {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      end(null);
    }

    byId('crosshair-take').onclick = () => {
      const { lon, lat } = chart.where();
      end({ lon, lat, datum: 'wgs84' });
    };
    byId('crosshair-cancel').onclick = () => end(null);
    document.addEventListener('keydown', onKey, true);
  });
}
