// The tools that take the map's clicks while their view is open: drawing and tracing.

import { DrawTool } from "./draw_tool.js";
import { TraceTool } from "./trace_tool.js";

/**
 * What a tool may do with the page.
 * @typedef {object} ToolHome
 * @property {import("./map_view.js").MapView} view
 * @property {import("./panel.js").Panel} panel
 * @property {import("./case_store.js").CaseStore} store
 * @property {{show: (features: any) => void, clear: () => void}} picture
 * @property {(type: string) => string | undefined} below the layer under which a rule of that type lies
 * @property {(role: string) => string[]} layersOf the layers of the map that draw a role
 * @property {(text: string) => void} say speaks to a reading aid
 * @property {(text: string) => void} title of the sheet on a phone
 * @property {(number: string) => void} open a case
 * @property {() => Promise<void>} reload the cases
 */
/** @typedef {{open: () => void, close: () => void, click: (event: any) => boolean, enter: (at: {lng: number, lat: number}) => void, hit?: (hit: any) => void}} Tool */

export class MapTools {
  /** @param {ToolHome} page @param {any} looks */
  constructor(page, looks) {
    this.page = page;
    /** @type {Record<string, Tool>} */
    this.tools = { draw: new DrawTool(page), trace: new TraceTool(page, looks) };
    /** @type {Tool | null} */
    this.now = null;
  }

  /** @param {string} view that the panel shows */
  viewed(view) {
    const wanted = this.tools[view] ?? null;
    if (wanted === this.now) return;
    this.now?.close();
    this.now = wanted;
    this.now?.open();
  }
}
