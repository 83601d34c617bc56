// A case opened for a drawn structure, which keeps its shape.

import { el } from "../page/dom.js";
import { newKey, send, visitor } from "./sending.js";
import { say } from "./words.js";

/** The kinds of cases that a structure can be the matter of, the likeliest first. */
const KINDS = ["easements", "encroachment_request", "utility_obstructions"];

export class StructureCase {
  /** @param {any} home @param {(number: string) => void} opened */
  constructor(home, opened) {
    this.home = home;
    this.opened = opened;
    this.key = "";
  }

  clear() {
    this.home.replaceChildren();
  }

  /**
   * Offers to open a case for what was drawn, where the visitor may.
   * @param {{place: any, structure: any, title: string}} drawn GeoJSON in degrees
   */
  async offer(drawn) {
    const { opens } = await visitor().catch(() => ({ opens: [] }));
    const kinds = KINDS.map((type) => opens.find((one) => one.type === type)).filter((one) => one !== undefined);
    this.key = newKey();
    const title = el("input", { type: "text", id: "draw-title", maxlength: 200, value: drawn.title });
    const buttons = kinds.map((kind) => el("button", { type: "button", class: "preset", "data-type": kind.type, click: () => this.open(kind.type, title.value, drawn) }, kind.title));
    const asked = [el("h3", {}, say("Open a case with this shape")), el("label", { class: "field", for: "draw-title" }, say("Title")), title, el("div", { class: "stack" }, ...buttons)];
    this.home.replaceChildren(...(kinds.length ? asked : []), el("div", { id: "draw-problem", role: "alert" }));
  }

  /** @param {string} type @param {string} title @param {{place: any, structure: any}} drawn */
  async open(type, title, { place, structure }) {
    const problem = this.home.querySelector("#draw-problem");
    problem.replaceChildren();
    for (const button of this.home.querySelectorAll("button")) button.disabled = true;
    try {
      const made = await send("/cases", { type, title, place: { geometry: place }, structure }, { key: `${this.key}-${type}` });
      this.opened(made.number ?? made.case?.number);
    } catch (error) {
      problem.replaceChildren(el("p", { class: "alert" }, /** @type {Error} */ (error).message));
    } finally {
      for (const button of this.home.querySelectorAll("button")) button.disabled = false;
    }
  }
}
