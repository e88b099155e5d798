/** Drawing buttons anew without taking the focus from people who use the keyboard. */
import { fill } from '../shared/dom.js';

/** Like fill(); the button with the same data-key as the focused one has the focus afterwards. */
export function redraw(element, ...children) {
  const focused = document.activeElement;
  const key = element.contains(focused) ? focused.dataset.key : undefined;
  fill(element, ...children);
  const again = key && Array.from(element.querySelectorAll('[data-key]')).find((other) => other.dataset.key === key);
  if (again) again.focus({ preventScroll: true });
}
