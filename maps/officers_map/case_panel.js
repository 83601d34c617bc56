// One case: its present step, its checks, what lies on file, and the work that can be done on it.

import { byId, el } from "../page/dom.js";
import { fileControl, noteForm } from "./case_actions.js";
import { CaseChecks } from "./case_checks.js";
import { facts, historyOf, links, papers } from "./case_file.js";
import { latest } from "./case_words.js";
import { CaseWork } from "./case_work.js";
import { MoveSite } from "./move_site.js";
import { read, visitor } from "./sending.js";
import { StepForm } from "./step_form.js";
import { refusalNote } from "./work_form.js";
import { say } from "./words.js";

/** @typedef {{show: (features: any) => void, place: (told: any, stay?: boolean) => void, clear: () => void}} Picture */
/** @typedef {{view: () => import("./map_view.js").MapView | null, refresh: () => Promise<void>, say: (text: string) => void, uncover: () => void}} PageOfCase */

export class CasePanel {
  /** @param {Picture} picture @param {() => void} back @param {PageOfCase} page */
  constructor(picture, back, page) {
    this.picture = picture;
    this.back = back;
    this.page = page;
    this.home = byId("view-case");
    /** @type {AbortController | null} */
    this.pending = null;
    /** @type {MoveSite | null} */
    this.moving = null;
    /** What is begun in the case that is shown; it is there again when the case is shown anew. @type {{number: string, open: string | null, placed?: any, history: boolean}} */
    this.begun = { number: "", open: null, history: false };
  }

  /** @param {string} number @param {string} [done] what was done, where the case is shown anew after a change */
  async open(number, done) {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    const again = this.begun.number === number && done !== undefined;
    if (!again) {
      this.leave();
      this.begun = { number, open: null, history: false };
      this.home.replaceChildren(this.backButton(), el("p", { class: "quiet" }, say("Reading {number} …", { number })));
    }
    try {
      const address = `/cases/${encodeURIComponent(number)}`;
      const [told, checks, who] = await Promise.all([read(address, pending.signal), read(`${address}/proposals?evidence=true`, pending.signal), visitor(again)]);
      this.draw(told, checks.proposals, who, done);
      return told;
    } catch (error) {
      if (!pending.signal.aborted) this.home.replaceChildren(this.backButton(), refusalNote(/** @type {Error} */ (error), () => this.open(number)));
      return null;
    }
  }

  backButton() {
    return el("button", { type: "button", class: "back", click: () => this.back() }, say("‹ Cases"));
  }

  /** @param {any} told @param {import("./case_words.js").Proposal[]} proposals @param {import("./sending.js").Visitor} who @param {string} [done] */
  draw(told, proposals, who, done) {
    this.moving?.stop();
    this.moving = null;
    const work = new CaseWork(told, who, (said) => this.changed(said), () => this.open(told.number, ""));
    const attaching = (/** @type {any} */ asked) => fileControl(work, { field: asked.field, label: asked.noted?.length ? say("{name}: {n} attached", { name: asked.label, n: asked.noted.length }) : asked.label, camera: true });
    work.stepForm = new StepForm(work, attaching);
    const title = el("h2", { class: "place", tabindex: "-1" }, told.title || told.process.title);
    const news = done ? [el("p", { class: "news", tabindex: "-1" }, done)] : [];
    this.section = el("div", { id: "case-work" });
    const past = historyOf(told.number, this.begun.history);
    past[1].addEventListener("toggle", () => (this.begun.history = past[1].open));
    this.home.replaceChildren(
      this.backButton(), title, el("p", { class: "quiet" }, `${told.number} · ${told.process.title}`), ...news,
      ...work.stepForm.parts(), facts(told), ...new CaseChecks(work, latest(proposals), this.picture).parts(),
      ...papers(told, who), links(told, who), ...past, this.section, this.actions(work),
    );
    this.picture.place(told, done !== undefined);
    if (this.begun.open) this.begin(this.begun.open, work);
    (news[0] ?? title).focus({ preventScroll: done === undefined });
  }

  /** What can be added to it, within reach of the thumb. @param {CaseWork} work */
  actions(work) {
    const { told } = work;
    if (!told.may_work) return el("p", { class: "not-yours" }, say("You may read this case. Notes, photos and moves are for those who act in a lane of its process."));
    const kinds = [["note", say("Note")], ["photo", say("Photo")], ...(told.status === "open" ? [["move", say("Move the site")]] : [])];
    const buttons = kinds.map(([kind, words]) => el("button", { type: "button", class: "preset", "data-work": kind, "aria-expanded": "false", click: () => this.turn(kind, work) }, words));
    return el("div", { class: "actions", role: "group", "aria-label": say("Work on this case") }, ...buttons);
  }

  /** @param {string} kind @param {CaseWork} work */
  turn(kind, work) {
    if (this.begun.open === kind) this.shut();
    else this.begin(kind, work);
  }

  /** @param {string} kind @param {CaseWork} work */
  begin(kind, work) {
    this.shut();
    this.begun.open = kind;
    this.mark(kind);
    this.section.replaceChildren(el("h3", {}, { note: say("Note"), photo: say("Photo or file"), move: say("Move the site") }[/** @type {"note"} */ (kind)]), this.work(kind, work));
    const first = this.section.querySelector("textarea, .file-input, .preset");
    first?.focus({ preventScroll: true });
    this.section.scrollIntoView({ block: kind === "move" ? "start" : "end" });
  }

  /** @param {string} kind @param {CaseWork} work */
  work(kind, work) {
    if (kind === "note") return noteForm(work, () => this.shut());
    if (kind === "photo") return fileControl(work, { label: say("Photos are attached as they are, with what the camera noted."), camera: true });
    const page = { view: this.page.view(), show: this.picture.show, say: this.page.say };
    this.moving = new MoveSite(work, page, this.begun, () => ((this.begun.placed = null), this.shut()));
    this.page.uncover();
    return this.moving.form;
  }

  shut() {
    const kind = this.begun.open;
    this.begun.open = null;
    this.moving?.stop();
    this.moving = null;
    if (kind === "move") this.picture.clear();
    this.section?.replaceChildren();
    this.mark(null);
    if (kind) /** @type {HTMLElement | null} */ (this.home.querySelector(`[data-work="${kind}"]`))?.focus();
  }

  /** @param {string | null} kind */
  mark(kind) {
    for (const button of this.home.querySelectorAll("[data-work]")) button.setAttribute("aria-expanded", String(button.dataset.work === kind));
  }

  /** The case as it is after a change. @param {string} said */
  async changed(said) {
    const { number } = this.begun;
    this.begun = { number, open: null, history: this.begun.history };
    await this.page.refresh();
    await this.open(number, said);
    this.page.say(said);
  }

  /** Whether a place of the map is where the site is moved to. @param {{lng: number, lat: number}} at */
  takes(at) {
    this.moving?.put(at);
    return this.moving !== null;
  }

  /** The same for a fix of the phone. @param {import("./locate.js").Fix} fix */
  takesFix(fix) {
    this.moving?.pin?.fix(fix);
    return this.moving !== null;
  }

  /** Another view is shown: the pin goes. */
  leave() {
    this.moving?.stop();
    this.moving = null;
    this.begun.open = null;
  }
}
