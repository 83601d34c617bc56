// The page of a town: layers by view, and what is here for a click, a tap or Enter at the crosshair.

import { ask, byId } from "./dom.js";
import { EvidenceLayer } from "./evidence_layer.js";
import { HerePanel } from "./here_panel.js";
import { makeLegend } from "./legend.js";
import { Sheet } from "./sheet.js";
import { ViewLayers } from "./view_layers.js";

/* global L */

const EDGE_PX = 24;
const HOME_DEGREES = 0.03;
const HOME_ZOOM = 16;

/** Called by the script of the map when the map is there. @param {any} map */
export async function startTown(map) {
  const style = JSON.parse(document.body.dataset.style ?? "{}");
  const sheet = new Sheet();
  /** @type {{layers: ViewLayers | null}} */
  const town = { layers: null };
  const evidence = new EvidenceLayer(map, style, () => town.layers?.labels() ?? []);
  const look = (/** @type {any} */ finding) => (finding ? reveal(map, sheet, evidence, finding.evidence) : evidence.clear());
  const question = new Question(map, sheet, evidence, new HerePanel(look));
  L.DomEvent.disableClickPropagation(byId("controls"));
  byId("home").addEventListener("click", () => goHome(map));
  listen(map, question);
  startView(map);
  await startLayers(map, style, town, () => evidence.declutter());
}

/**
 * @param {any} map @param {any} style @param {{layers: ViewLayers | null}} town
 * @param {() => void} settle called when what is drawn has changed
 */
async function startLayers(map, style, town, settle) {
  let refill = () => {};
  try {
    const told = await ask("/layers");
    const layers = new ViewLayers(map, style.roles, told.layers, () => (refill(), settle()));
    town.layers = layers;
    refill = makeLegend(layers);
    await layers.refresh();
  } catch (error) {
    say(`The layers could not be read: ${/** @type {Error} */ (error).message}`);
  }
  document.body.dataset.ready = "yes";
}

/** One question at a time: a new one ends the one before. */
class Question {
  /** @param {any} map @param {Sheet} sheet @param {EvidenceLayer} evidence @param {HerePanel} panel */
  constructor(map, sheet, evidence, panel) {
    this.map = map;
    this.sheet = sheet;
    this.evidence = evidence;
    this.panel = panel;
    /** @type {AbortController | null} */
    this.pending = null;
  }

  /** @param {{lat: number, lng: number}} at */
  async ask(at) {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    this.sheet.open(byId("tab-here"));
    this.panel.wait("Looking …");
    this.evidence.show({ features: [placeAt(at)] });
    try {
      const told = await ask(`/here?lon=${at.lng.toFixed(8)}&lat=${at.lat.toFixed(8)}`, pending.signal);
      this.panel.show(told);
      this.tell(told);
    } catch (error) {
      if (!pending.signal.aborted) this.panel.fail(`No answer: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {any} told */
  tell(told) {
    const open = told.findings.filter((/** @type {any} */ one) => one.undecided_because).length;
    const title = byId("here").querySelector("h2")?.textContent ?? "This place";
    this.sheet.title(title);
    say(`${title}: right of way ${told.right_of_way}; ${told.findings.length} checks, ${open} undecided.`);
  }
}

/** @param {{lat: number, lng: number}} at */
function placeAt(at) {
  const geometry = { type: "Point", coordinates: [at.lng, at.lat] };
  return { type: "Feature", geometry, properties: { kind: "site", label: "place" } };
}

/** Shows evidence, and moves the map only if it cannot be seen where it is. */
function reveal(/** @type {any} */ map, /** @type {Sheet} */ sheet, /** @type {EvidenceLayer} */ evidence, /** @type {any} */ collection) {
  evidence.show(collection);
  const focus = EvidenceLayer.focus(collection);
  if (!focus) return;
  const size = map.getSize();
  const free = L.latLngBounds(
    map.containerPointToLatLng([EDGE_PX, EDGE_PX]),
    map.containerPointToLatLng([size.x - EDGE_PX, size.y - EDGE_PX - sheet.covered]),
  );
  if (free.contains(focus) && map.getZoom() >= 17) return;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const padding = { paddingTopLeft: [60, 40], paddingBottomRight: [40, 40 + sheet.covered] };
  map.fitBounds(focus, { ...padding, maxZoom: Math.max(19, map.getZoom()), animate: !calm });
}

/** @param {any} map @param {Question} question */
function listen(map, question) {
  map.on("click", (/** @type {any} */ event) => question.ask(event.latlng));
  const container = map.getContainer();
  container.addEventListener("keyup", () => container.classList.add("by-keyboard"));
  container.addEventListener("pointerdown", () => container.classList.remove("by-keyboard"));
  container.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && event.target === container) question.ask(map.getCenter());
    if (event.key === "Escape") question.panel.clear();
  });
}

/** Opens where the address says, else on the town; keeps the address up to date. @param {any} map */
function startView(map) {
  const [zoom, lat, lng] = location.hash.slice(1).split("/").map(Number);
  if ([zoom, lat, lng].every(Number.isFinite) && Math.abs(lat) < 90) map.setView([lat, lng], zoom, { animate: false });
  else goHome(map);
  map.on("moveend", () => {
    const { lat: north, lng: east } = map.getCenter();
    history.replaceState(null, "", `#${map.getZoom()}/${north.toFixed(6)}/${east.toFixed(6)}`);
  });
}

/** @param {any} map */
function goHome(map) {
  const [west, south, east, north] = JSON.parse(document.body.dataset.extent ?? "[-180,-60,180,70]");
  map.fitBounds([[south, west], [north, east]], { animate: false });
  if (east - west < HOME_DEGREES && map.getZoom() < HOME_ZOOM) map.setZoom(HOME_ZOOM, { animate: false });
}

/** @param {string} text */
function say(text) {
  byId("status").textContent = text;
}
