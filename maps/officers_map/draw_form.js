// What is to be drawn, and the same by numbers for who has no pointer.

import { el } from "../page/dom.js";
import { lineAt, rectangleAt } from "./structure_numbers.js";
import { say } from "./words.js";

/** @typedef {import("./drawing_board.js").Kind} Kind */
/** @typedef {{begin: () => void, put: (shape: any) => void, radius: () => void, at: () => {lng: number, lat: number}}} Told */

/** @type {Record<Kind, () => string>} */
export const NAMES = {
  rectangle: () => say("Rectangle"),
  polygon: () => say("Outline"),
  linestring: () => say("Fence"),
  point: () => say("Tree"),
};
/** @type {Record<Kind, () => string>} */
const HINTS = {
  rectangle: () => say("Click one corner, then the opposite one. Or put it by numbers."),
  polygon: () => say("Click each corner; press Finish after the last."),
  linestring: () => say("Click along the fence; press Finish after the last post."),
  point: () => say("Click where the trunk stands. The radius makes it round."),
};
const LONGEST_FT = 1000;

export class DrawForm {
  /** @param {any} home for the kinds @param {any} below for the numbers @param {Told} told */
  constructor(home, below, told) {
    this.told = told;
    /** @type {Kind} */
    this.kind = "rectangle";
    this.kinds = Object.entries(NAMES).map(([kind, name]) => el("button", { type: "button", class: "preset", "data-kind": kind, "aria-pressed": "false", click: () => this.choose(/** @type {Kind} */ (kind)) }, name()));
    this.said = el("p", { class: "quiet", id: "draw-hint", role: "status" });
    this.numbers = {
      width: numberBox("width", say("Width, ft"), 12),
      length: numberBox("length", say("Length, ft"), 20),
      bearing: numberBox("bearing", say("Bearing, degrees from north"), 0),
      radius: numberBox("radius", say("Radius, ft"), 2),
    };
    this.numbers.radius.box.addEventListener("change", () => this.kind === "point" && this.told.radius());
    this.problem = el("p", { class: "alert", role: "alert", hidden: "" });
    const put = el("button", { type: "submit", class: "preset" }, say("Put it at the crosshair"));
    const form = el("form", { class: "numbers", novalidate: "", "aria-label": say("By numbers") }, ...Object.values(this.numbers).map((one) => one.row), put, this.problem);
    form.addEventListener("submit", (/** @type {Event} */ event) => (event.preventDefault(), this.put()));
    home.replaceChildren(el("div", { class: "presets kinds", role: "group", "aria-label": say("What is to be drawn") }, ...this.kinds), this.said);
    below.replaceChildren(el("h3", {}, say("By numbers")), el("p", { class: "quiet" }, say("The crosshair is the middle of the map: move the map with the arrow keys.")), form);
    this.show();
  }

  /** How a radius and the kind go into the question. */
  get meant() {
    const tree = this.kind === "point";
    return { radius_ft: tree ? this.value("radius") : null, obstruction: tree ? "vegetation" : "structure" };
  }

  /** @param {Kind} kind */
  choose(kind) {
    this.kind = kind;
    this.show();
    this.told.begin();
  }

  show() {
    for (const button of this.kinds) button.setAttribute("aria-pressed", String(button.dataset.kind === this.kind));
    const wanted = { rectangle: ["width", "length", "bearing"], polygon: ["width", "length", "bearing"], linestring: ["length", "bearing"], point: ["radius"] }[this.kind];
    for (const [name, one] of Object.entries(this.numbers)) one.row.hidden = !wanted.includes(name);
    this.hint();
  }

  /** @param {string} [text] else what is to be done for this kind */
  hint(text) {
    this.said.textContent = text ?? HINTS[this.kind]();
  }

  /** The number in a box; null where it is none that can be meant. @param {"width" | "length" | "bearing" | "radius"} name */
  value(name) {
    const text = this.numbers[name].box.value.trim();
    const value = Number(text);
    const fits = text !== "" && Number.isFinite(value) && (name === "bearing" ? Math.abs(value) <= 360 : value > 0 && value <= LONGEST_FT);
    return fits ? value : null;
  }

  put() {
    const [width, length, bearing, radius] = [this.value("width"), this.value("length"), this.value("bearing"), this.value("radius")];
    const at = this.told.at();
    const shape = {
      rectangle: () => width !== null && length !== null && bearing !== null && rectangleAt(at, width, length, bearing),
      polygon: () => width !== null && length !== null && bearing !== null && rectangleAt(at, width, length, bearing),
      linestring: () => length !== null && bearing !== null && lineAt(at, length, bearing),
      point: () => radius !== null && { type: "Point", coordinates: [at.lng, at.lat] },
    }[this.kind]();
    this.problem.hidden = Boolean(shape);
    this.problem.textContent = shape ? "" : say("Lengths are feet from 0 to 1,000; a bearing is at most 360 degrees.");
    if (shape) this.told.put(shape);
  }
}

/** @param {string} name @param {string} label @param {number} value */
function numberBox(name, label, value) {
  const box = el("input", { type: "text", inputmode: "decimal", id: `draw-${name}`, value, autocomplete: "off" });
  return { box, row: el("label", { class: "field", for: `draw-${name}` }, label, box) };
}
