/** The page around the map: full screen, light and dark, help, the layer panel, the search field. */
import { byId } from '../shared/dom.js';
import { say } from './words.js';

/** @param {function()} onTheme called after light and dark have changed places */
export function createPage(onTheme) {
  const root = document.documentElement;
  const press = (id, act) => byId(id).addEventListener('click', act);

  const toggleFull = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
  press('full', toggleFull);
  document.addEventListener('fullscreenchange', () => {
    nameButton('full', document.fullscreenElement ? say('page.unfull') : say('page.full'));
  });
  press('theme', () => {
    root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    nameButton('theme', root.dataset.theme === 'dark' ? say('page.light') : say('page.dark'));
    onTheme();
  });
  press('help-button', () => byId('help').showModal());
  press('layers-button', () => showLayers(byId('layers').hidden));
  return {
    help: () => byId('help').showModal(),
    toggleFull,
    search: () => byId('search').focus(),
    /** Leave the search field; false when the focus was elsewhere. */
    leaveSearch() {
      const inside = document.activeElement === byId('search');
      if (inside) byId('search').blur();
      return inside;
    },
    /** Close the layer panel; false when it was closed already. */
    shutLayers() {
      const open = !byId('layers').hidden;
      if (open) showLayers(false);
      return open;
    },
  };
}

function showLayers(open) {
  byId('layers').hidden = !open;
  byId('layers-button').setAttribute('aria-expanded', open);
  (open ? byId('layers').querySelector('input') : byId('layers-button')).focus();
}

function nameButton(id, words) {
  byId(id).title = words;
  byId(id).setAttribute('aria-label', words);
}
