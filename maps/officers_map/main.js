// The officers' map: cases in a list and on the map; what is here; layers; search. The address of the page keeps the state.

import { byId } from "../page/dom.js";
import { CaseList } from "./case_list.js";
import { CasePanel } from "./case_panel.js";
import { CaseStore } from "./case_store.js";
import { CasesOnMap } from "./cases_on_map.js";
import { EvidenceOnMap } from "./evidence_on_map.js";
import { inAddress, makeFilters, wantedOf } from "./filters.js";
import { listenForKeys } from "./keys.js";
import { makeCaseLegend, makeLayersPanel } from "./layers_panel.js";
import { listenToFixes } from "./locate.js";
import { MapTools } from "./map_tools.js";
import { boxOf, makeMap } from "./map_view.js";
import { NewData } from "./new_data.js";
import { Offline } from "./offline.js";
import { Panel } from "./panel.js";
import { PlaceInView } from "./place_in_view.js";
import { SavedAreas } from "./saved_area.js";
import { SearchBox } from "./search_box.js";
import { townStyle } from "./town_style.js";
import { several, say } from "./words.js";

const LOOKS = JSON.parse(document.body.dataset.style ?? "{}");
const EXTENT = JSON.parse(document.body.dataset.extent ?? "[-180,-60,180,70]");
const FOUND_ZOOM = 18;
/** A map that has not begun by then is no longer waited for: its worker may never come. */
const PATIENCE_MS = 15_000;
const NO_PICTURE = { show: () => {}, clear: () => {} };

class Page {
  constructor() {
    this.address = new URLSearchParams(location.hash.slice(1));
    this.store = new CaseStore();
    this.store.wanted = wantedOf(this.address);
    this.panel = new Panel();
    this.offline = new Offline();
    /** @type {import("./map_view.js").MapView | null} */
    this.view = null;
    /** @type {CasesOnMap | null} */
    this.marks = null;
    /** @type {any} */
    this.evidence = NO_PICTURE;
    /** @type {string | null} */
    this.opened = null;
    /** @type {MapTools | null} */
    this.tools = null;
  }

  async start() {
    makeFilters(this.store);
    const picture = { show: (/** @type {any} */ features) => this.evidence.show(features), clear: () => this.evidence.clear(), place: (/** @type {any} */ told, /** @type {boolean} */ stay = false) => this.place(told, stay) };
    this.list = new CaseList(this.store, (number, from) => this.open(number, from), () => this.inView(), (said) => this.panel.view === "cases" && this.panel.title(said));
    const view = () => this.view;
    const refresh = () => this.store.load();
    this.one = new CasePanel(picture, () => this.panel.back(), { view, refresh, say: (text) => this.say(text), uncover: () => this.panel.stop("middle") });
    this.here = new PlaceInView(this.store, picture, (number, from) => this.open(number, from), { view, opened: (number) => refresh().then(() => this.open(number, null)) });
    new SearchBox(this.store, (number) => this.open(number, byId("search")), (hit) => this.goTo(hit));
    makeCaseLegend(this.store);
    listenForKeys(this.panel);
    for (const link of document.querySelectorAll("a.language")) link.addEventListener("click", () => keepState(link));
    this.panel.listen((view) => this.viewed(view));
    await Promise.all([this.startMap(), this.store.load().catch((error) => this.say(`${say("The list of cases could not be read")}: ${error.message}`))]);
    this.store.listen(() => this.keepAddress());
    const asked = this.address.get("case");
    if (asked) await this.open(asked, null);
    this.keepAddress();
    this.offline.start();
    document.body.dataset.ready = "yes";
  }

  async startMap() {
    try {
      const { style, layers } = await townStyle(LOOKS.roles);
      const view = makeMap(style, LOOKS, EXTENT);
      if (!view) return this.standing("none");
      const listening = view.loaded().then(() => this.listenToMap(view, layers));
      await Promise.race([listening, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      if (!this.view) this.standing("late");
      listening.catch((error) => this.fail(say("The layers could not be read"), error));
    } catch (error) {
      this.fail(say("The layers could not be read"), error);
    }
  }

  /** Whether there is a map, and the notice where there is none. @param {"drawn" | "none" | "late"} how */
  standing(how) {
    document.body.dataset.map = how;
    byId("no-map").hidden = how !== "none";
    byId("late-map").hidden = how !== "late";
  }

  /** @param {import("./map_view.js").MapView} view @param {import("./town_style.js").TownLayer[]} layers */
  async listenToMap(view, layers) {
    this.view = view;
    this.standing("drawn");
    view.covered = () => this.panel.covered;
    this.evidence = new EvidenceOnMap(view, LOOKS, (source) => layers.find((layer) => layer.entry.name === source)?.entry.role);
    this.marks = new CasesOnMap(view, this.store);
    makeLayersPanel(view.map, layers);
    new SavedAreas(view, this.store);
    const newData = new NewData(layers);
    if (this.here) this.here.isNewer = (versions) => newData.differs(versions);
    this.goWhereAddressSays(view);
    this.tools = new MapTools(this.homeOfTools(view, layers), LOOKS);
    this.tools.viewed(this.panel.view);
    view.map.on("moveend", () => (this.list?.draw(), this.keepAddress()));
    view.map.on("click", (/** @type {any} */ event) => this.clicked(event));
    const canvas = view.map.getCanvas();
    canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter") return;
      const { lng, lat } = view.map.getCenter();
      if (this.tools?.now) this.tools.now.enter({ lng, lat });
      else if (!this.one?.takes({ lng, lat })) this.ask(lng, lat);
    });
    listenToFixes(view.locate, (fix) => this.one?.takesFix(fix) || this.ask(fix.lon, fix.lat, fix), (why) => this.say(say("Your location cannot be told: {why}", { why })));
    canvas.addEventListener("keyup", () => byId("picture").classList.add("by-keyboard"));
    canvas.addEventListener("pointerdown", () => byId("picture").classList.remove("by-keyboard"));
    this.list?.draw();
  }

  /** @param {import("./map_view.js").MapView} view @param {import("./town_style.js").TownLayer[]} layers @returns {import("./map_tools.js").ToolHome} */
  homeOfTools(view, layers) {
    const picture = { show: (/** @type {any} */ features) => this.evidence.show(features), clear: () => this.evidence.clear() };
    const below = (/** @type {string} */ type) => this.evidence.below(type);
    const layersOf = (/** @type {string} */ role) => layers.filter((layer) => layer.entry.role === role).flatMap((layer) => layer.ids);
    return { view, picture, below, layersOf, panel: this.panel, store: this.store, say: (text) => this.say(text), title: (text) => this.panel.title(text), open: (number) => this.open(number, null), reload: () => this.store.load() };
  }

  /** @param {any} event */
  async clicked(event) {
    if (this.tools?.now?.click(event) || this.one?.takes(event.lngLat)) return;
    const meant = await this.marks?.meant(event);
    if (meant === null || meant === undefined) return this.ask(event.lngLat.lng, event.lngLat.lat);
    if (meant.length === 1) return this.open(meant[0], null);
    if (meant.length > 1) this.among(meant);
  }

  /** Several cases at one point: they are listed alone. @param {string[]} numbers */
  among(numbers) {
    this.panel.open("cases");
    this.panel.stop("middle");
    this.list?.only(numbers);
    this.say(several(numbers.length, "{n} case at this point.", "{n} cases at this point."));
  }

  /** @param {string} number @param {HTMLElement | null} from */
  async open(number, from) {
    this.opened = number;
    this.panel.open("case", from);
    this.evidence.clear();
    const told = await this.one?.open(number);
    if (!told || this.opened !== number) return;
    this.offline.offer(number);
    this.panel.title(told.title || told.number);
    this.say(`${told.number}: ${told.title || told.process.title}`);
    this.keepAddress();
  }

  /** The case in the free part of the map, with its structure. @param {any} told @param {boolean} stay leaves the map where it is */
  place(told, stay) {
    this.marks?.choose(this.store.find(told.number) ?? (told.lon === null ? null : { ...told, slot: 4, letters: "" }));
    const shapes = [told.place?.geometry, told.place?.structure].filter(Boolean).map((geometry, at) => ({ type: "Feature", geometry, properties: { kind: at ? "structure" : "site" } }));
    const box = boxOf(shapes);
    const drawn = shapes.filter((one) => one.geometry.type !== "Point");
    if (drawn.length) this.evidence.show({ features: drawn });
    if (box && !stay) this.view?.fit(box);
  }

  /** @param {number} lon @param {number} lat @param {import("./locate.js").Fix | null} [fix] */
  async ask(lon, lat, fix = null) {
    this.panel.open("here");
    const title = await this.here?.ask(lon, lat, fix);
    if (title) (this.panel.title(title), this.say(title));
  }

  /** @param {{lon: number, lat: number, label: string}} hit */
  goTo(hit) {
    if (this.tools?.now?.hit) return this.tools.now.hit(hit);
    this.view?.go(hit.lon, hit.lat, FOUND_ZOOM);
    if (this.tools?.now) return;
    this.ask(hit.lon, hit.lat);
  }

  /** @param {string} view */
  viewed(view) {
    this.tools?.viewed(view);
    if (view === "layers" || view === "help" || view in (this.tools?.tools ?? {})) this.panel.title(byId(`tool-${view}`).textContent);
    if (view !== "case") this.one?.leave();
    if (view === "case" || view === "here") return;
    this.opened = null;
    if (view === "cases") {
      this.evidence.clear();
      this.marks?.choose(null);
      this.panel.title(byId("count").textContent);
    }
    this.keepAddress();
  }

  inView() {
    const { view } = this;
    return view && ((/** @type {any} */ row) => view.sees(row));
  }

  /** @param {import("./map_view.js").MapView} view */
  goWhereAddressSays(view) {
    const [zoom, lat, lon] = (this.address.get("map") ?? "").split("/").map(Number);
    if ([zoom, lat, lon].every(Number.isFinite) && Math.abs(lat) < 90) view.map.jumpTo({ center: [lon, lat], zoom });
  }

  keepAddress() {
    const kept = new URLSearchParams(inAddress(this.store.wanted));
    if (this.opened) kept.set("case", this.opened);
    if (this.view) {
      const { lng, lat } = this.view.map.getCenter();
      kept.set("map", `${this.view.map.getZoom().toFixed(2)}/${lat.toFixed(6)}/${lng.toFixed(6)}`);
    }
    history.replaceState(null, "", `${location.pathname}#${kept.toString().replaceAll("%2F", "/")}`);
  }

  /** @param {string} what @param {any} error */
  fail(what, error) {
    byId("count").textContent = `${what}: ${error.message}`;
    this.say(`${what}: ${error.message}`);
  }

  /** @param {string} text */
  say(text) {
    byId("status").textContent = text;
  }
}

/** The page in another language opens as this one stands. @param {any} link */
const keepState = (link) => (link.hash = location.hash);

const page = new Page();
/** What the page shows, for tests and for whoever looks under the hood. */
Object.assign(window, { gisCe: { get map() { return page.view?.map ?? null; } } });
page.start();
