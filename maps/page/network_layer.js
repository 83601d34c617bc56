// Traces, shut-offs and the health of a network: marks in the look of their kind, and rows that move the map.

import { declutter, draw, flow, label, preparePanes } from "./drawing.js";
import { legendOf } from "./legend_list.js";

/* global L */

/** @typedef {import("./shapes.js").Look} Look */

const CLOSE_ZOOM = 18;
const ARROWS_FROM = 16;
const MOST_LABELS = 60;
const ABOVE = { pane: "evidence" };

/**
 * Draws every mark; labels and arrows come with the zoom, or hundreds of them would hide the mains.
 * @param {any} map @param {Record<string, Look>} looks @param {any} marks
 */
export function showMarks(map, looks, marks) {
  preparePanes(map);
  const canvas = L.canvas({ padding: 0.3 });
  const base = L.featureGroup().addTo(map);
  const detail = L.featureGroup().addTo(map);
  const kinds = Object.keys(looks).sort((a, b) => looks[a].order - looks[b].order);
  const of = (/** @type {string} */ kind) => marks.features.filter((/** @type {any} */ one) => one.properties.kind === kind);
  for (const kind of kinds) {
    const look = looks[kind];
    const isPoint = Boolean(look.symbol);
    draw(base, of(kind), look, isPoint ? { pane: "evidence" } : { renderer: canvas });
  }
  const refine = () => {
    detail.clearLayers();
    const view = map.getBounds().pad(0.1);
    for (const kind of kinds) {
      const look = looks[kind];
      const seen = look.label_always || look.arrows ? of(kind).filter((/** @type {any} */ one) => view.intersects(L.geoJSON(one).getBounds())) : [];
      if (look.arrows && map.getZoom() >= ARROWS_FROM) seen.forEach((/** @type {any} */ one) => flow(detail, one, look, ABOVE));
      if (look.label_always && seen.length <= MOST_LABELS) {
        seen.forEach((/** @type {any} */ one) => detail.addLayer(label(one, one.properties.label, look)));
      }
    }
    declutter([...base.getLayers(), ...detail.getLayers()]);
  };
  const bounds = focusOf(marks, kinds);
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [32, 32], maxZoom: 19, animate: false });
  map.on("moveend", refine);
  refine();
  legendOf(kinds.map((kind) => [looks[kind], false]));
  document.querySelectorAll("button[data-lon]").forEach((button) => {
    const { lon, lat } = /** @type {HTMLElement} */ (button).dataset;
    button.addEventListener("click", () => map.setView([Number(lat), Number(lon)], CLOSE_ZOOM, { animate: false }));
  });
}

/** A trace or a shut-off is looked at without the meters far off at its end. @param {any} marks @param {string[]} kinds */
function focusOf(marks, kinds) {
  const main = kinds.includes("shut") ? ["shut", "close", "start"] : kinds;
  const features = marks.features.filter((/** @type {any} */ one) => main.includes(one.properties.kind));
  return L.geoJSON({ type: "FeatureCollection", features }).getBounds();
}
