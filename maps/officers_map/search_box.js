// The search: cases as they are loaded, and addresses, parcels and facilities as the service finds them.

import { ask, byId, el } from "../page/dom.js";
import { say, term } from "./words.js";

/** @typedef {import("./case_store.js").CaseStore} CaseStore */
/** @typedef {{kind: string, label: string, facts: string, go: () => void}} Hit */

const WAIT_MS = 180;
const MOST = 8;

export class SearchBox {
  /**
   * @param {CaseStore} store
   * @param {(number: string) => void} openCase
   * @param {(hit: {lon: number, lat: number, label: string}) => void} goTo
   */
  constructor(store, openCase, goTo) {
    this.store = store;
    this.openCase = openCase;
    this.goTo = goTo;
    this.box = byId("search");
    this.list = byId("hits");
    /** @type {Hit[]} */
    this.hits = [];
    this.at = -1;
    this.asked = 0;
    this.box.addEventListener("input", () => this.later());
    this.box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    this.box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT_MS);
  }

  async look() {
    const text = this.box.value.trim();
    const asked = ++this.asked;
    if (text.length < 2) return this.close();
    const cases = this.cases(text);
    const found = await ask(`/map/search?q=${encodeURIComponent(text)}`).catch(() => ({ hits: [] }));
    if (asked !== this.asked) return;
    const places = found.hits.map((/** @type {any} */ hit) => ({ kind: hit.kind, label: hit.label, facts: term(hit.role), go: () => this.goTo(hit) }));
    this.show([...cases, ...places].slice(0, MOST));
  }

  /** @param {string} text @returns {Hit[]} */
  cases(text) {
    const words = text.toLowerCase();
    const rows = this.store.rows.filter((row) => row.number.toLowerCase().includes(words) || row.title?.toLowerCase().includes(words));
    return rows.slice(0, 4).map((row) => ({ kind: "case", label: row.number, facts: row.title || row.kind, go: () => this.openCase(row.number) }));
  }

  /** @param {Hit[]} hits */
  show(hits) {
    this.hits = hits;
    this.at = hits.length ? 0 : -1;
    const rows = hits.map((hit, at) => el("li", { id: `hit-${at}`, role: "option", "aria-selected": String(at === this.at), pointerdown: (/** @type {Event} */ event) => (event.preventDefault(), this.take(at)) }, el("span", { class: "hit-label" }, hit.label), el("span", { class: "hit-facts" }, hit.facts)));
    const none = el("li", { class: "none", role: "option", "aria-selected": "false", "aria-disabled": "true" }, say("No match"));
    this.list.replaceChildren(...(rows.length ? rows : [none]));
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.mark();
  }

  mark() {
    this.list.querySelectorAll("[id]").forEach((/** @type {HTMLElement} */ row, /** @type {number} */ at) => row.setAttribute("aria-selected", String(at === this.at)));
    if (this.at >= 0) this.box.setAttribute("aria-activedescendant", `hit-${this.at}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  /** @param {number} at */
  take(at) {
    const hit = this.hits[at];
    if (!hit) return;
    this.box.value = hit.label;
    this.close();
    hit.go();
  }

  close() {
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.hits.length) {
      this.at = (this.at + step + this.hits.length) % this.hits.length;
      this.mark();
      event.preventDefault();
    } else if (event.key === "Enter" && !this.list.hidden) this.take(this.at);
    else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    }
  }
}
