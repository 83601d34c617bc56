// The list: the map in words. It holds the cases in view, the most urgent first.

import { byId, el } from "../page/dom.js";
import { caseMark } from "./images.js";
import { number, say, several } from "./words.js";

/** @typedef {import("./case_store.js").Row} Row */
/** @typedef {import("./case_store.js").CaseStore} CaseStore */

const A_PAGE = 50;

export class CaseList {
  /**
   * @param {CaseStore} store
   * @param {(number: string, from: HTMLElement) => void} open
   * @param {() => ((row: Row) => boolean) | null} inView whether the map shows a case; null without a map
   * @param {(said: string) => void} tell is told how many cases there are
   */
  constructor(store, open, inView, tell) {
    this.tell = tell;
    this.store = store;
    this.open = open;
    this.inView = inView;
    this.shown = A_PAGE;
    /** @type {string[] | null} */
    this.chosen = null;
    this.home = byId("cases");
    byId("more").addEventListener("click", () => this.showMore());
    this.home.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.arrow(event));
    store.listen(() => this.refresh());
  }

  refresh() {
    this.shown = A_PAGE;
    this.chosen = null;
    this.draw();
  }

  /** Lists some cases alone, such as those at one point, until the map moves or a filter changes. @param {string[]} numbers */
  only(numbers) {
    this.chosen = numbers;
    this.draw();
  }

  draw() {
    if (this.store.state !== "read") return this.drawWithout();
    const wanted = this.store.matching;
    const { chosen } = this;
    const all = chosen ? wanted.filter((row) => chosen.includes(row.number)) : wanted;
    const sees = this.inView();
    const seen = sees ? all.filter((row) => row.lon === null || sees(row)) : all;
    this.home.replaceChildren(...seen.slice(0, this.shown).map((row) => this.row(row)));
    byId("more").hidden = seen.length <= this.shown;
    this.count(countOf(seen.length, all.length, this.store, sees !== null));
  }

  /** Nothing was read: the page says so and what to do; "0 cases" would be a claim about the town. */
  drawWithout() {
    const { state, why } = this.store;
    const again = el("button", { type: "button", class: "preset", id: "again", click: () => this.store.load().catch(() => byId("again").focus()) }, say("Try again"));
    const words = el("p", { class: "alert", role: "alert" }, say("The list of cases could not be read: {why}", { why }), " ", say("Check the connection, then try again. If it stays so, tell whoever runs this service."));
    this.home.replaceChildren(...(state === "unread" ? [el("li", {}, words, again)] : []));
    byId("more").hidden = true;
    this.count(state === "unread" ? say("The list of cases could not be read") : say("The cases are being read"));
  }

  /** @param {string} said */
  count(said) {
    byId("count").textContent = said;
    this.tell(said);
  }

  showMore() {
    const next = this.shown;
    this.shown += A_PAGE * 4;
    this.draw();
    this.home.children[next]?.querySelector("button")?.focus();
  }

  /** @param {Row} row */
  row(row) {
    const button = el("button", { type: "button", class: "case-row", "data-number": row.number, click: () => this.open(row.number, button) },
      caseMark(row, this.store.wanted.colour),
      el("span", { class: "case-words" },
        el("span", { class: "case-title" }, row.title || row.kind),
        el("span", { class: "case-facts" }, `${row.number} · ${ageOf(row)}${row.address ? ` · ${row.address}` : ""}`),
        el("span", { class: "case-step" }, row.status === "open" ? row.words : say("Closed"), row.overdue ? el("strong", { class: "overdue" }, say("Overdue")) : null)),
    );
    return el("li", {}, button);
  }

  /** @param {KeyboardEvent} event */
  arrow(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const rows = [...this.home.querySelectorAll("button")];
    const next = rows[rows.indexOf(document.activeElement) + step];
    if (next) next.focus();
    event.preventDefault();
  }
}

/** @param {Row} row */
const ageOf = (row) => (row.days === 0 ? say("today") : several(row.days, "{n} day", "{n} days"));

/** @param {number} seen @param {number} all @param {CaseStore} store @param {boolean} byMap */
function countOf(seen, all, store, byMap) {
  const values = { seen: number(seen), all: number(all) };
  const open = store.wanted.open;
  const inView = open ? say("{seen} of {all} open cases in view", values) : say("{seen} of {all} cases in view", values);
  const said = byMap ? inView : open ? say("{all} open cases", values) : say("{all} cases", values);
  return store.more ? say("{said}; only the newest {n} are loaded", { said, n: number(store.rows.length) }) : said;
}
