// "Draw a structure": a shape by mouse, finger, crosshair or numbers, and at once what it takes of which easement.

import { byId, el } from "../page/dom.js";
import { DrawingBoard } from "./drawing_board.js";
import { DrawForm, NAMES } from "./draw_form.js";
import { boxOf } from "./map_view.js";
import { send } from "./sending.js";
import { StructureCase } from "./structure_case.js";
import { StructureSheet, verdict } from "./structure_sheet.js";
import { say } from "./words.js";

/** @typedef {import("./map_tools.js").ToolHome} ToolHome */

const MOST_STEPS = 50;

export class DrawTool {
  /** @param {ToolHome} page */
  constructor(page) {
    this.page = page;
    /** @type {DrawingBoard | null} */
    this.board = null;
    /** @type {any} the finished shape, in degrees */
    this.shape = null;
    /** @type {any[]} where it was before */
    this.past = [];
    /** @type {AbortController | null} */
    this.pending = null;
    this.form = new DrawForm(byId("draw"), byId("draw-numbers"), { begin: () => this.begin(), put: (shape) => this.put(shape), radius: () => this.shape && this.ask(), at: () => page.view.map.getCenter() });
    this.sheet = new StructureSheet((finding) => this.showEvidence(finding), byId("draw-told"));
    this.case = new StructureCase(byId("draw-case"), (number) => this.openedCase(number));
    this.buttons = { finish: byId("draw-finish"), undo: byId("draw-undo"), cancel: byId("draw-cancel") };
    this.buttons.finish.addEventListener("click", () => this.pressed("finish", () => this.board?.finish()));
    this.buttons.undo.addEventListener("click", () => this.pressed("undo", () => this.undo()));
    this.buttons.cancel.addEventListener("click", () => this.pressed("cancel", () => this.cancel()));
    document.addEventListener("keydown", (event) => this.escape(event), true);
  }

  /** Opened as the panel's view: the board is there, with what was drawn before. */
  async open() {
    byId("draw-bar").hidden = false;
    if (!this.board) {
      this.form.hint(say("Fetching the drawing board …"));
      this.board = await DrawingBoard.on(this.page.view.map, { finished: (shape) => this.finished(shape), moving: () => this.moving(), drawing: () => this.enable() });
    }
    if (!this.isOpen) return;
    if (this.shape) this.put(this.shape);
    else this.begin();
    byId("draw").dataset.ready = "yes";
  }

  /** The view is left: nothing of the board stays on the map, and the shape is kept for later. */
  close() {
    byId("draw-bar").hidden = true;
    this.pending?.abort();
    this.board?.stop();
    this.page.picture.clear();
  }

  get isOpen() {
    return !byId("draw-bar").hidden;
  }

  /** A click belongs to the board. */
  click() {
    return true;
  }

  /** Enter at the crosshair sets a point there. @param {{lng: number, lat: number}} at */
  enter(at) {
    this.board?.tap(at);
  }

  begin() {
    this.pending?.abort();
    [this.shape, this.past] = [null, []];
    this.page.picture.clear();
    byId("draw-told").replaceChildren();
    this.case.clear();
    this.board?.begin(this.form.kind);
    this.form.hint();
    this.enable();
  }

  /** @param {any} shape */
  put(shape) {
    if (!this.board) return;
    this.board.kind = this.form.kind;
    if (!this.board.put(shape)) return this.fail(say("This is no shape that can be drawn."));
    this.finished(shape);
  }

  /** Drawn, dragged or put by numbers. @param {any} shape */
  finished(shape) {
    if (this.shape && this.shape !== shape) this.past = [...this.past, this.shape].slice(-MOST_STEPS);
    this.shape = shape;
    this.form.hint(say("Drag it to see what changes where it stands elsewhere."));
    this.enable();
    this.ask();
  }

  /** While it is dragged, the last answer holds no more. */
  moving() {
    this.pending?.abort();
    this.page.picture.clear();
    byId("draw-told").classList.add("stale");
  }

  async ask() {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    const { radius_ft, obstruction } = this.form.meant;
    const about = { structure: this.shape, obstruction, ...(radius_ft ? { radius_ft } : {}) };
    byId("draw-told").setAttribute("aria-busy", "true");
    try {
      const told = await send("/encroach", about, { signal: pending.signal });
      if (pending.signal.aborted || !this.isOpen) return;
      this.answered(told);
    } catch (error) {
      if (!pending.signal.aborted) this.fail(say("No answer: {why}", { why: /** @type {Error} */ (error).message }));
    }
  }

  /** @param {any} told */
  answered(told) {
    const home = byId("draw-told");
    home.classList.remove("stale");
    home.dataset.answers = String(Number(home.dataset.answers ?? 0) + 1);
    this.told = told;
    this.sheet.showSheet(told);
    this.page.say(verdict(told));
    this.page.title(verdict(told));
    if (this.page.panel.isLow) this.page.panel.stop("middle");
    if (this.page.panel.isSheet) home.scrollIntoView({ block: "start" });
    const box = boxOf([{ geometry: told.structure.geometry }]);
    if (box) this.page.view.uncover([(box[0] + box[2]) / 2, box[1]]);
    this.case.offer({ place: this.shape, structure: told.structure.geometry, title: say("{what} drawn on the map", { what: NAMES[this.form.kind]() }) });
  }

  /** The shape itself is drawn by the board; what is round, by its evidence. @param {any} finding */
  showEvidence(finding) {
    const features = (finding?.evidence?.features ?? []).filter((/** @type {any} */ one) => one.properties.kind !== "structure" || this.shape?.type === "Point");
    this.page.picture.show({ features: features.filter((/** @type {any} */ one) => one.properties.kind !== "site") });
  }

  /** @param {string} text */
  fail(text) {
    byId("draw-told").removeAttribute("aria-busy");
    byId("draw-told").replaceChildren(el("p", { class: "alert", role: "alert" }, text));
  }

  /** The last point, or where the shape was before it was moved, or the shape itself. */
  undo() {
    const before = this.past.pop();
    if (this.board?.isDrawing) return this.board.undo();
    if (!before) return this.begin();
    this.shape = null;
    this.put(before);
  }

  cancel() {
    if (this.shape || this.board?.isDrawing) return this.begin();
    this.page.panel.back();
  }

  /** @param {"finish" | "undo" | "cancel"} name @param {() => void} act */
  pressed(name, act) {
    if (this.buttons[name].getAttribute("aria-disabled") === "true") return;
    act();
    this.enable();
  }

  /** Esc takes an unfinished shape away before it leaves the tool. @param {KeyboardEvent} event */
  escape(event) {
    if (event.key !== "Escape" || !this.isOpen || !this.board?.isDrawing) return;
    event.stopPropagation();
    this.cancel();
  }

  /** Buttons stay where they are; those that can do nothing now say so. */
  enable() {
    const drawing = this.board?.isDrawing ?? false;
    const able = { finish: this.board?.canFinish ?? false, undo: drawing || Boolean(this.shape), cancel: true };
    for (const [name, on] of Object.entries(able)) this.buttons[/** @type {"finish"} */ (name)].setAttribute("aria-disabled", String(!on));
    byId("draw-bar").dataset.points = String(this.board?.points ?? 0);
  }

  /** @param {string} number */
  async openedCase(number) {
    [this.shape, this.past] = [null, []];
    await this.page.reload();
    this.page.open(number);
  }
}
