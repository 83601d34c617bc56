// "Trace": what flows here, where it flows, what to close; from a manhole, a main, a hit of the search or the crosshair.

import { ask, byId, el } from "../page/dom.js";
import { MailingPanel } from "./mailing_panel.js";
import { TraceOnMap } from "./trace_on_map.js";
import { isolationSheet, isolationVerdict, traceSheet, traceVerdict } from "./trace_sheet.js";
import { say } from "./words.js";

/** @typedef {import("./map_tools.js").ToolHome} ToolHome */
/** @typedef {"upstream" | "downstream" | "isolate"} Way */
/** @typedef {Record<string, string>} Start */

/** @type {Record<Way, () => string>} */
const WAYS = { upstream: () => say("Upstream"), downstream: () => say("Downstream"), isolate: () => say("Shut off") };
/** The roles from which each way starts, and by which name the service is told. */
const STARTS = { sewer: { manhole: "manhole", sewer_main: "segment" }, water: { valve: "valve", water_main: "segment" } };

export class TraceTool {
  /** @param {ToolHome} page @param {any} looks */
  constructor(page, looks) {
    this.page = page;
    this.drawn = new TraceOnMap(page, looks.network);
    this.mailing = new MailingPanel(byId("trace-mailing"), page);
    /** @type {Way} */
    this.way = "upstream";
    /** @type {Start | null} */
    this.start = null;
    /** @type {AbortController | null} */
    this.pending = null;
    this.form();
  }

  form() {
    this.ways = Object.entries(WAYS).map(([way, name]) => el("button", { type: "button", class: "preset", "data-way": way, "aria-pressed": String(way === this.way), click: () => this.choose(/** @type {Way} */ (way)) }, name()));
    this.within = el("input", { type: "text", inputmode: "numeric", id: "trace-within", autocomplete: "off", placeholder: say("all of it"), change: () => this.run() });
    const here = el("button", { type: "button", class: "preset", click: () => this.enter(this.page.view.map.getCenter()) }, say("Start at the crosshair"));
    this.said = el("p", { class: "quiet", role: "status" });
    this.distance = el("label", { class: "field", for: "trace-within" }, say("At most so far, ft"), this.within);
    byId("trace").replaceChildren(el("div", { class: "presets kinds", role: "group", "aria-label": say("Which way") }, ...this.ways), this.said, el("div", { class: "numbers" }, this.distance, here));
    this.hint();
  }

  hint() {
    this.said.textContent = this.way === "isolate" ? say("Click a water main where it broke, or a valve. Or search for its id.") : say("Click a manhole or a sewer main. Or search for its id, or start at the crosshair.");
    this.distance.hidden = this.way === "isolate";
  }

  open() {
    if (this.start) this.run();
  }

  close() {
    this.pending?.abort();
    this.drawn.clear();
  }

  /** @param {Way} way */
  choose(way) {
    const turned = (way === "isolate") !== (this.way === "isolate");
    this.way = way;
    for (const button of this.ways ?? []) button.setAttribute("aria-pressed", String(button.dataset.way === way));
    this.hint();
    if (turned && this.start && !("lon" in this.start)) return this.reset();
    this.run();
  }

  /** A sewer's manhole is no place to shut water off. */
  reset() {
    this.start = null;
    this.drawn.clear();
    this.mailing.clear();
    byId("trace-told").replaceChildren();
  }

  /** The manhole or valve under the finger, else the nearest main to where it was. @param {any} event */
  click(event) {
    const role = this.way === "isolate" ? "valve" : "manhole";
    const ids = this.page.layersOf(role);
    const [found] = ids.length ? this.page.view.picked(event, ids) : [];
    const { lng, lat } = event.lngLat;
    this.begin(found?.properties.id ? { [role]: String(found.properties.id) } : placeOf(lng, lat));
    return true;
  }

  /** @param {{lng: number, lat: number}} at */
  enter({ lng, lat }) {
    this.begin(placeOf(lng, lat));
  }

  /** @param {{role: string, label: string, lon: number, lat: number}} hit */
  hit(hit) {
    const [sewer, water] = [STARTS.sewer, STARTS.water].map((names) => /** @type {Record<string, string>} */ (names)[hit.role]);
    if (water && this.way !== "isolate") this.turn("isolate");
    if (sewer && this.way === "isolate") this.turn("upstream");
    const named = sewer ?? water;
    this.begin(named ? { [named]: hit.label } : placeOf(hit.lon, hit.lat));
  }

  /** @param {Way} way */
  turn(way) {
    this.start = null;
    this.choose(way);
  }

  /** @param {Start} start */
  begin(start) {
    this.start = start;
    this.run();
  }

  /** The question in the form of an address. @param {Record<string, string>} more */
  asked(more) {
    const feet = this.within?.value.trim().replaceAll(",", "");
    const limit = this.way !== "isolate" && feet ? { within_ft: feet } : {};
    return new URLSearchParams({ ...this.start, .../** @type {Record<string, string>} */ (limit), ...more });
  }

  async run() {
    if (!this.start) return;
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    const home = byId("trace-told");
    home.setAttribute("aria-busy", "true");
    home.replaceChildren(el("p", { class: "quiet" }, say("Tracing …")));
    this.mailing.clear();
    try {
      await (this.way === "isolate" ? this.isolate(home, pending.signal) : this.trace(home, pending.signal));
      home.dataset.answers = String(Number(home.dataset.answers ?? 0) + 1);
    } catch (error) {
      if (pending.signal.aborted) return;
      this.drawn.clear();
      home.replaceChildren(el("p", { class: "alert", role: "alert" }, say("No answer: {why}", { why: /** @type {Error} */ (error).message })));
    } finally {
      if (this.pending === pending) home.removeAttribute("aria-busy");
    }
  }

  /** @param {any} home @param {AbortSignal} signal */
  async trace(home, signal) {
    const query = this.asked({ geojson: "true" });
    const [trace, parcels] = await Promise.allSettled([ask(`/trace/${this.way}?${query}`, signal), ask(`/trace/parcels?kind=${this.way}&${query}`, signal)]);
    signal.throwIfAborted();
    if (trace.status === "rejected") throw trace.reason;
    const known = parcels.status === "fulfilled" ? parcels.value : null;
    const why = parcels.status === "rejected" ? say("No parcels: {why}", { why: parcels.reason.message }) : "";
    this.tell(home, traceSheet(trace.value, known, why, `/trace/parcels?${this.asked({ kind: this.way, f: "csv" })}`), traceVerdict(trace.value, known));
    this.drawn.show(trace.value.geojson.features, known?.geojson.features ?? []);
    if (this.way === "upstream") this.mailing.offer(trace.value.start);
  }

  /** @param {any} home @param {AbortSignal} signal */
  async isolate(home, signal) {
    const told = await ask(`/isolate?${this.asked({ geojson: "true" })}`, signal);
    signal.throwIfAborted();
    this.tell(home, isolationSheet(told), isolationVerdict(told));
    this.drawn.show(told.geojson.features, []);
  }

  /** @param {any} home @param {any[]} parts @param {string} said */
  tell(home, parts, said) {
    home.replaceChildren(...parts.filter((part) => part !== null));
    this.page.say(said);
    this.page.title(said);
    if (this.page.panel.isLow) this.page.panel.stop("middle");
    if (this.page.panel.isSheet) home.scrollIntoView({ block: "start" });
  }
}

/** @param {number} lng @param {number} lat @returns {Start} */
const placeOf = (lng, lat) => ({ lon: lng.toFixed(8), lat: lat.toFixed(8) });
