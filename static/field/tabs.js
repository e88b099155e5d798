/** The tabs at the bottom of the home screen: 上报 / 我的上报 / 我的任务. */

/** @param {HTMLElement} root holds [data-tab] buttons and [data-panel] sections  @param {function(string)} shown */
export function createTabs(root, shown) {
  const buttons = Array.from(root.querySelectorAll('[data-tab]'));
  const panels = Array.from(root.querySelectorAll('[data-panel]'));

  function show(name) {
    buttons.forEach((button) => {
      if (button.dataset.tab === name) button.setAttribute('aria-current', 'page');
      else button.removeAttribute('aria-current');
    });
    panels.forEach((panel) => { panel.hidden = panel.dataset.panel !== name; });
    window.scrollTo(0, 0);
    shown(name);
  }

  buttons.forEach((button) => button.addEventListener('click', () => show(button.dataset.tab)));
  /** For who reports nothing: begin with this tab, without the first. */
  function only(name) {
    buttons[0].hidden = true;
    show(name);
  }

  return { show, only };
}
