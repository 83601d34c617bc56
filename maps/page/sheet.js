// The panel of the town page: its tabs, and on a phone the sheet.

import { byId } from "./dom.js";
import { Stops } from "./stops.js";

export class Sheet extends Stops {
  constructor() {
    super();
    this.tabs = [byId("tab-here"), byId("tab-layers")];
    this.tabs.forEach((tab) => tab.addEventListener("click", () => this.open(tab)));
    this.tabs.forEach((tab) => tab.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.arrow(event)));
  }

  /** @param {HTMLElement} chosen */
  open(chosen) {
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    if (this.isLow) this.stop("middle");
  }

  /** @param {KeyboardEvent} event */
  arrow(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = this.tabs.find((tab) => tab !== document.activeElement);
    this.open(other);
    other.focus();
  }
}
