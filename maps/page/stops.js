// The panel as a sheet from below, on a phone: three stops, moved by its button or by dragging.

import { byId } from "./dom.js";

const STOPS = ["low", "middle", "high"];
/** The heights of the stops, as in town.css. */
const LOW_PX = 84;
const MIDDLE = 0.38;
const HIGH = 0.78;

export class Stops {
  constructor() {
    this.panel = byId("panel");
    this.button = byId("sheet");
    this.dragged = false;
    this.button.addEventListener("click", () => this.step());
    this.button.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.drag(event));
    this.stop("low");
  }

  get isSheet() {
    return getComputedStyle(this.button).display !== "none";
  }

  get isLow() {
    return this.panel.dataset.stop === "low";
  }

  /** How much of the map's height the sheet covers at its stop, in pixels, even while it still moves there. */
  get covered() {
    /** @type {Record<string, number>} */
    const heights = { low: LOW_PX, middle: MIDDLE * window.innerHeight, high: HIGH * window.innerHeight };
    return this.isSheet ? heights[this.panel.dataset.stop] : 0;
  }

  /** @param {string} stop */
  stop(stop) {
    this.panel.dataset.stop = stop;
    this.panel.style.height = "";
    this.button.setAttribute("aria-expanded", String(stop !== "low"));
  }

  step() {
    if (!this.dragged) this.stop(STOPS[(STOPS.indexOf(this.panel.dataset.stop) + 1) % STOPS.length]);
  }

  /** @param {string} text */
  title(text) {
    byId("sheet-title").textContent = text;
  }

  /** @param {PointerEvent} down */
  drag(down) {
    const height = this.panel.getBoundingClientRect().height;
    this.dragged = false;
    this.button.setPointerCapture(down.pointerId);
    const move = (/** @type {PointerEvent} */ event) => {
      if (Math.abs(event.clientY - down.clientY) < 6 && !this.dragged) return;
      this.dragged = true;
      this.panel.style.height = `${height + down.clientY - event.clientY}px`;
    };
    const up = () => {
      this.button.removeEventListener("pointermove", move);
      if (this.dragged) this.snap();
      setTimeout(() => (this.dragged = false));
    };
    this.button.addEventListener("pointermove", move);
    this.button.addEventListener("pointerup", up, { once: true });
    this.button.addEventListener("pointercancel", up, { once: true });
  }

  /** Moves to the stop nearest to where the sheet was left. */
  snap() {
    const share = this.panel.getBoundingClientRect().height / window.innerHeight;
    this.stop(share < 0.24 ? "low" : share < 0.58 ? "middle" : "high");
  }
}
