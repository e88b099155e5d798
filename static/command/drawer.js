/**
 * The drawer on the right: the chosen incident or area, whole. One thing at a time; an answer
 * that comes late for a thing no longer chosen is dropped.
 */
import { get, Refused, urlFor } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId, el, fill, icon } from '../shared/dom.js';
import { areaCard } from './area_card.js';
import { ask } from './ask.js';
import { markBusy } from './deeds.js';
import { incidentCard } from './incident_card.js';
import { say } from './words.js';

export class Drawer {
  #drawer;
  #parts;
  #id = null;
  #version = 0;
  #shown = '';   // the facts on show, to leave a drawer alone that would look the same
  #deeds = [];   // those open now, by key
  #detail = null;
  #told = '';    // what the last deed led to; stays as long as the version it speaks of
  #fault = '';   // why the last press did nothing; stays until the next one
  #opener = null;

  /**
   * @param {HTMLElement} drawer
   * @param {object} parts tree() the areas or null · now() server time, ms · onDeed({deed, incident, stale})
   *   a deed was done or came too late, with newer facts, null: out of sight · onFacts(incident) all of
   *   it has come · onShow(row) look at it on the map · open(id) another incident · openPhotos(photos, index, pair) · form tools of the
   *   forms · atOnce one press: act(deed, incident), ruleOf(incident), busyWith(id) · close() the cross was pressed
   */
  constructor(drawer, parts) {
    this.#drawer = drawer;
    this.#parts = parts;
  }

  /** Show an incident; its row, if known, at once and the whole of it when it has come. */
  async openIncident(id, row) {
    this.#begin(id);
    if (row) this.#draw(incidentCard(row, this.#tools(row)));
    else this.#draw(el('p', { class: 'wait' }, say('list.loading')));
    await this.#load(id);
  }

  /** The incident on show has changed, or (row null) has left the desk: fetch what is newer. */
  async refresh(id, row) {
    if (id === this.#id && (!row || row.version >= this.#version)) await this.#load(id);
  }

  /** Show an area and the rows in it; null: the URL names one that is not there. */
  openArea(area, rows) {
    this.#begin(area ? `area:${area.code}` : 'area:');
    this.#draw(area ? areaCard(area, rows, this.#parts) : this.#sorry(say('area.missing')));
  }

  /** The rows of the area on show have changed. */
  recount(area, rows) {
    if (this.#id !== `area:${area.code}`) return;
    const card = areaCard(area, rows, this.#parts);
    if (!card.isEqualNode(this.#drawer.lastElementChild)) this.#draw(card);    // else the focus stays
  }

  /** Somebody came by keyboard: go on reading here. */
  focus() { this.#drawer.focus({ preventScroll: true }); }

  /** Open the form of a deed of the incident on show; false when it is not open to us. */
  press(deed) {
    const button = this.#deeds.includes(deed) && this.#drawer.querySelector(`[data-deed="${deed}"]`);
    if (button) button.click();
    return Boolean(button);
  }

  /** Open the form of a deed of the incident on show, also of one that a press would do at once. */
  askFor(deed) {
    const open = this.#deeds.includes(deed) && !this.#parts.atOnce.busyWith(this.#id);
    if (open) this.#ask(deed, this.#detail);
    return open;
  }

  /** A deed on an incident is under way, or is no more. */
  busy(id) {
    if (id !== this.#id) return;
    const deed = this.#parts.atOnce.busyWith(id);
    if (deed && this.#fault) this.#blame('');
    markBusy(this.#drawer, deed);
  }

  /** A press did nothing: say why beside the buttons. False when the incident is not on show. */
  complain(id, words) {
    if (id !== this.#id) return false;
    this.#blame(words);
    return true;
  }

  close() {
    this.#id = null;
    this.#deeds = [];
    this.#drawer.hidden = true;
    document.body.dataset.drawer = 'shut';
    if (this.#opener && this.#opener.isConnected) this.#opener.focus({ preventScroll: true });
    this.#opener = null;
  }

  #begin(id) {
    if (this.#drawer.hidden) this.#opener = document.activeElement;
    if (this.#id !== id) this.#drawer.scrollTop = 0;
    this.#id = id;
    this.#version = 0;
    this.#shown = '';
    this.#told = '';
    this.#fault = '';
    this.#detail = null;
    this.#deeds = [];
    this.#drawer.hidden = false;
    document.body.dataset.drawer = 'open';
  }

  async #load(id) {
    try {
      const detail = await get(urlFor(config.urls.incident, { id }));
      if (this.#id !== id || detail.version < this.#version) return;
      if (detail.version > this.#version) this.#told = this.#fault = '';
      this.#parts.onFacts(detail);
      if (JSON.stringify(detail) !== this.#shown) this.#show(detail);
    } catch (error) {
      if (this.#id !== id) return;
      this.#shown = '';
      this.#draw(this.#sorry(wordsFor(error), () => this.#load(id)));
    }
  }

  /** What a deed has led to: the newest facts, and words that stay until they are old. */
  take(incident, told) {
    if (this.#id !== incident.id) return;
    this.#told = told;
    this.#fault = '';
    this.#show(incident);
  }

  #blame(words) {
    this.#fault = words;
    this.#show(this.#detail);
  }

  #ask(deed, incident) {
    ask(byId('deed'), incident, deed, { form: this.#parts.form, done: this.#parts.onDeed });
  }

  #tools(incident) {
    return {
      ...this.#parts,
      tree: this.#parts.tree(),
      ask: (deed) => this.#ask(deed, incident),
      act: (deed) => this.#parts.atOnce.act(deed, incident),
      ruleOf: () => this.#parts.atOnce.ruleOf(incident),
      busy: () => this.#parts.atOnce.busyWith(incident.id),
    };
  }

  #show(detail) {
    this.#version = detail.version;
    this.#detail = detail;
    this.#deeds = detail.deeds;
    this.#shown = JSON.stringify(detail);
    this.#draw(incidentCard({ ...detail, told: this.#told, fault: this.#fault }, this.#tools(detail)));
  }

  #sorry(words, again) {
    return el('div', { class: 'sorry' }, icon('warn'), el('p', {}, words),
      again && el('button', { type: 'button', class: 'button', onclick: again }, say('incident.retry')));
  }

  #draw(content) {
    const shut = el('button', {
      type: 'button', class: 'button quiet shut', 'aria-label': say('photo.shut'), onclick: () => this.#parts.close(),
    }, icon('cross'));
    const { scrollTop } = this.#drawer;
    const hadFocus = this.#drawer.contains(document.activeElement);
    fill(this.#drawer, shut, content);
    this.#drawer.scrollTop = scrollTop;
    if (hadFocus) this.focus();    // its button is gone; stay in the drawer
  }
}

const wordsFor = (error) => (error instanceof Refused && error.status === 404
  ? say('incident.missing') : say('incident.unreachable'));
