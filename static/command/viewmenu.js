/** The views an operator keeps: go to one, keep this one, rename, open with it, delete with undo. */
import { get, post, Refused, remove, replace, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, fill, icon } from '../shared/dom.js';
import { say } from './words.js';

/**
 * @param {{button, panel: HTMLElement}} places
 * @param {{here: function(): string, go: function(string), toast: function(string, {undo: function})}} tools
 *   here: the hash of what is on show; go: show another
 * @returns {{shut: function(): boolean, start: function(): Promise<string|null>}} start: the hash to
 *   open with, null for none
 */
export function createViewMenu({ button, panel }, { here, go, toast }) {
  let views = [];
  const fault = el('p', { class: 'fault', role: 'alert' });

  async function load() {
    views = (await get(config.urls.views)).items;
  }

  function open(wanted) {
    panel.hidden = !wanted;
    button.setAttribute('aria-expanded', wanted);
    if (wanted) attempt(load).then(() => panel.querySelector('button, input').focus());
    else button.focus();
  }

  /** Do something, show what is true then, or say why not. */
  async function attempt(act) {
    fault.textContent = '';
    try {
      await act();
    } catch (error) {
      fault.textContent = error instanceof Refused ? error.message : say('incident.unreachable');
    }
    draw();
  }

  const bodyOf = ({ name, hash, default: first }) => ({ name, hash, default: first });
  const write = (view, part) => attempt(async () => {
    await replace(urlFor(config.urls.view, { view_id: view.id }), bodyOf({ ...view, ...part }));
    await load();
  });
  const keep = (view) => attempt(async () => {
    await post(config.urls.views, bodyOf(view));
    await load();
  });
  const drop = (view) => attempt(async () => {
    await remove(urlFor(config.urls.view, { view_id: view.id }));
    await load();
    toast(say('views.deleted', { name: view.name }), { undo: () => keep(view) });
  });

  function draw() {
    fill(panel, el('h3', {}, say('views.title')),
      views.length === 0 && el('p', { class: 'none' }, say('views.none')),
      el('ul', {}, views.map(line)), newOne(), fault);
  }

  function line(view) {
    const tool = (name, words, onclick, pressed = null) => el('button', {
      type: 'button', class: 'button quiet', title: words, 'aria-label': `${words} ${view.name}`, 'aria-pressed': pressed, onclick,
    }, icon(name));
    const item = el('li', {},
      el('button', { type: 'button', class: 'link', onclick: () => { open(false); go(view.hash); } }, view.name),
      tool('pin', say('views.first'), () => write(view, { default: !view.default }), String(view.default)),
      tool('pen', say('views.rename'), () => rename(item, view)),
      tool('trash', say('views.delete'), () => drop(view)));
    return item;
  }

  function rename(item, view) {
    const input = el('input', { type: 'text', value: view.name, maxlength: 60, 'aria-label': say('views.name') });
    const form = el('form', {}, input, el('button', { class: 'button' }, say('views.save')));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      write(view, { name: input.value });
    });
    fill(item, form);
    input.select();
  }

  function newOne() {
    const input = el('input', { type: 'text', maxlength: 60, required: true, placeholder: say('views.name'), 'aria-label': say('views.name') });
    const form = el('form', {}, input, el('button', { class: 'button' }, say('views.keep')));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      keep({ name: input.value, hash: here(), default: false });
    });
    return form;
  }

  button.addEventListener('click', () => open(panel.hidden));
  return {
    shut() {
      if (panel.hidden) return false;
      open(false);
      return true;
    },
    async start() {
      try {
        await load();
      } catch {
        return null;    // no reason to keep the desk from opening
      }
      const first = views.find((view) => view.default);
      return first ? first.hash : null;
    },
  };
}
