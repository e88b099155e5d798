/** Taking a new facility from the panel to the map: by dragging, or by a press and the arrow keys. */

const MOVED_PX = 6;   // less is a press

/**
 * @param {HTMLElement} source the button one drags from  @param {HTMLElement} ghost follows the pointer
 * @param {{at(event): object|null, held(place), put(place), away(), press()}} on at: the map's place
 *   under the pointer; away: let go beside the map; press: by key or click
 */
export function dragFrom(source, ghost, on) {
  let from = null;
  let moved = false;
  source.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || source.disabled) return;
    from = { x: event.clientX, y: event.clientY };
    moved = false;
    source.setPointerCapture(event.pointerId);
  });
  source.addEventListener('pointermove', (event) => {
    if (!from) return;
    moved = moved || Math.hypot(event.clientX - from.x, event.clientY - from.y) > MOVED_PX;
    if (!moved) return;
    ghost.hidden = false;
    ghost.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
    const place = on.at(event);
    ghost.dataset.over = place ? 'map' : 'away';
    if (place) on.held(place);
  });
  const end = (event) => {
    if (!from) return;
    from = null;
    ghost.hidden = true;
    if (!moved) return;
    const place = event.type === 'pointerup' ? on.at(event) : null;
    if (place) on.put(place);
    else on.away();
  };
  source.addEventListener('pointerup', end);
  source.addEventListener('pointercancel', end);
  source.addEventListener('click', (event) => {
    if (moved) {
      moved = false;
      event.preventDefault();
    } else on.press();
  });
}
