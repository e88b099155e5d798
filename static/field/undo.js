/** 撤销, offered for a while after something was put aside. */
export const UNDO_MS = 10000;

/** @param {HTMLElement} bar is the button, or holds it; hidden when it is too late */
export function createUndo(bar) {
  const button = bar.querySelector('button') || bar;
  let settle = () => {};

  button.addEventListener('click', () => settle(true));

  return {
    /** @returns {Promise<boolean>} whether people took it back; the one before is settled */
    offer() {
      settle(false);
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(false), UNDO_MS);
        bar.hidden = false;
        settle = (wanted) => {
          clearTimeout(timer);
          bar.hidden = true;
          settle = () => {};
          resolve(wanted);
        };
      });
    },
    /** People have gone on: it is too late. */
    end: () => settle(false),
  };
}
