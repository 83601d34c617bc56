// "What is here": the checks of a place and the open cases within 250 ft of it; one question at a time.

import { ask, byId, el } from "../page/dom.js";
import { HerePanel } from "../page/here_panel.js";
import { caseMark } from "./images.js";
import { OpenCase } from "./open_case.js";
import { handSigma } from "./pin.js";
import { feet, say } from "./words.js";

/** @typedef {import("./case_store.js").CaseStore} CaseStore */

const NEAR_FT = 250;

export class PlaceInView {
  /**
   * @param {CaseStore} store
   * @param {{show: (collection: any) => void, clear: () => void}} picture
   * @param {(number: string, from: HTMLElement | null) => void} open
   * @param {{view: () => import("./map_view.js").MapView | null, opened: (number: string) => Promise<void>}} page is told of a case that was opened here
   */
  constructor(store, picture, open, page) {
    this.page = page;
    /** @type {any} the button that opens a case here */
    this.offer = null;
    this.opening = new OpenCase(open, page.opened);
    this.store = store;
    this.picture = picture;
    this.open = open;
    /** @type {(versions: Record<string, string>) => boolean} whether an answer rests on other data than the map shows */
    this.isNewer = () => false;
    this.panel = new HerePanel((finding) => (finding ? picture.show(finding.evidence) : undefined));
    /** @type {AbortController | null} */
    this.pending = null;
  }

  /** @param {number} lon @param {number} lat @param {import("./locate.js").Fix | null} [fix] of the phone, where that is the place */
  async ask(lon, lat, fix = null) {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    this.panel.wait(say("Looking …"));
    byId("near").replaceChildren();
    this.offer?.remove();
    const site = { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: { kind: "site" } };
    this.picture.show({ features: [site] });
    const at = `${lon.toFixed(8)},${lat.toFixed(8)}`;
    const [here, near] = await Promise.allSettled([
      ask(`/here?lon=${lon.toFixed(8)}&lat=${lat.toFixed(8)}`, pending.signal),
      ask(`/cases?near=${at}&within_ft=${NEAR_FT}&status=open&limit=20`, pending.signal),
    ]);
    if (pending.signal.aborted) return null;
    if (here.status === "rejected") {
      this.panel.fail(say("No answer: {why}", { why: here.reason.message }));
      return null;
    }
    if (this.isNewer(here.value.layers)) {
      this.panel.fail(say("The map has new data. Load it to see this answer."));
      return null;
    }
    this.panel.show(here.value);
    if (near.status === "fulfilled") this.nearby(near.value.cases);
    const offer = await this.opening.offer({ lon, lat, sigma_ft: fix?.sigma_ft ?? handSigma(this.page.view(), lat), how: fix ? "gps" : "map" });
    if (pending.signal.aborted) return null;
    this.offer?.remove();
    this.offer = offer;
    byId("view-here").append(offer);
    return byId("here").querySelector("h2")?.textContent ?? say("This place");
  }

  /** @param {any[]} cases */
  nearby(cases) {
    const rows = cases.map((told) => this.store.find(told.number)).filter((row) => row !== null);
    const list = rows.map((row) => {
      const button = el("button", { type: "button", class: "case-row", click: () => this.open(row.number, button) }, caseMark(row, "priority"),
        el("span", { class: "case-words" }, el("span", { class: "case-title" }, row.title || row.kind), el("span", { class: "case-facts" }, row.number)));
      return el("li", {}, button);
    });
    const said = list.length ? [el("ul", { class: "cases" }, ...list)] : [el("p", { class: "quiet" }, say("None."))];
    byId("near").replaceChildren(el("h3", {}, say("Open cases within {distance}", { distance: feet(NEAR_FT) })), ...said);
  }
}
