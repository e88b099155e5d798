/** Where to look: moving the map so that a thing lands in the free part, not under a panel. */

const CLOSE_ZOOM = 16;
const GAP_PX = 24;
const ROOM_PX = 96;  // around a chosen place: clear of the buttons, with its grid in sight

/**
 * @param {L.Map} map
 * @param {{list, drawer, strip: HTMLElement}} panels that lie over the map
 */
export function createView(map, panels) {
  /** Pixels that panels cover at each side of the map; none where they stand beside it (phone). */
  function covered() {
    const stage = map.getContainer().getBoundingClientRect();
    const over = (panel) => {
      const box = panel.getBoundingClientRect();
      return !panel.hidden && box.left < stage.right && box.right > stage.left
        && box.top < stage.bottom && box.bottom > stage.top ? box : null;
    };
    const [list, drawer, strip] = [over(panels.list), over(panels.drawer), over(panels.strip)];
    return {
      left: list ? list.right - stage.left : 0,
      right: drawer && drawer.left > stage.left ? stage.right - drawer.left : 0,
      bottom: strip ? stage.bottom - strip.top : 0,
    };
  }

  const padding = (gap = GAP_PX) => {
    const { left, right, bottom } = covered();
    return {
      paddingTopLeft: [left + gap, gap],
      paddingBottomRight: [right + gap, bottom + gap],
    };
  };

  return {
    /** Show all of some Leaflet bounds. */
    fit: (bounds, animate = true) => map.fitBounds(bounds, { ...padding(), animate }),
    /** Bring a place into the free part; closer: to its middle, near enough to see the streets. */
    goTo({ lat, lon }, { closer = false } = {}) {
      if (!closer) {
        map.panInside([lat, lon], padding(ROOM_PX));
        return;
      }
      const zoom = Math.max(map.getZoom(), CLOSE_ZOOM);
      const { left, right, bottom } = covered();
      const point = map.project([lat, lon], zoom);
      map.setView(map.unproject([point.x + (right - left) / 2, point.y + bottom / 2], zoom), zoom);
    },
  };
}
