// The panel: one view at a time; on a phone a sheet from below.

import { byId } from "../page/dom.js";
import { Stops } from "../page/stops.js";

const VIEWS = ["cases", "case", "here", "draw", "trace", "layers", "help"];
const TOOLS = ["cases", "here", "draw", "trace", "layers", "help"];

export class Panel extends Stops {
  constructor() {
    super();
    this.view = "cases";
    /** @type {HTMLElement | null} where the focus goes back to */
    this.from = null;
    /** @type {((view: string) => void)[]} */
    this.listeners = [];
    for (const view of TOOLS) byId(`tool-${view}`).addEventListener("click", () => this.toggle(view));
    for (const back of document.querySelectorAll("button.back")) back.addEventListener("click", () => this.back());
  }

  /** @param {(view: string) => void} listener called with the view that is shown now */
  listen(listener) {
    this.listeners.push(listener);
  }

  /** @param {string} view @param {HTMLElement | null} from */
  open(view, from = null) {
    if (view !== this.view && from) this.from = from;
    this.view = view;
    for (const name of VIEWS) byId(`view-${name}`).hidden = name !== view;
    for (const name of TOOLS) {
      byId(`tool-${name}`).setAttribute("aria-pressed", String(name === view || (name === "cases" && view === "case")));
    }
    byId("panel-body").scrollTop = 0;
    if (this.isLow && view !== "cases") this.stop("middle");
    this.listeners.forEach((listener) => listener(view));
  }

  /** @param {string} view */
  toggle(view) {
    if (view === "cases" || view === this.view) this.back();
    else this.open(view, byId(`tool-${view}`));
  }

  /** To the list, with the focus where it came from. */
  back() {
    const { from } = this;
    const number = from?.dataset.number;
    this.from = null;
    this.open("cases");
    const again = from?.isConnected ? from : number ? document.querySelector(`[data-number="${CSS.escape(number)}"]`) : null;
    /** @type {HTMLElement | null} */ (again)?.focus();
  }
}
