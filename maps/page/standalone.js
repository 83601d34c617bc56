// A stand-alone page: the buttons of the table choose whose evidence is drawn.

import { declutter, draw, preparePanes } from "./drawing.js";
import { EvidenceLayer } from "./evidence_layer.js";
import { legendOf } from "./legend_list.js";

/* global L */

/** @typedef {import("./shapes.js").Look} Look */

/**
 * @param {any} map
 * @param {import("./evidence_layer.js").Style} style
 * @param {{name: string, evidence: any}[]} checks
 */
export function showChecks(map, style, checks) {
  const layer = new EvidenceLayer(map, style);
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-check]"));
  const choose = (/** @type {string | undefined} */ name) => {
    const chosen = checks.find((check) => check.name === name && check.evidence.features.length);
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.check === chosen?.name)));
    layer.show(chosen?.evidence);
    legendOf(chosen ? chosen.evidence.features.map((/** @type {any} */ f) => [layer.lookOf(f), f.properties.modelled]) : []);
    const bounds = chosen ? EvidenceLayer.focus(chosen.evidence) : null;
    if (bounds) map.fitBounds(bounds, { maxZoom: 21, padding: [40, 40], animate: false });
  };
  buttons.forEach((button) => button.addEventListener("click", () => choose(button.dataset.check)));
  choose(checks.find((check) => check.evidence.features.length)?.name);
}

/**
 * The sample of an import: features in the look of their role, rows with a remark as dots on top.
 * @param {any} map @param {Look} look @param {any} sample @param {any} remarks @param {Record<string, Look>} remarkLooks
 * @param {boolean} modelled
 */
export function showImport(map, look, sample, remarks, remarkLooks, modelled) {
  preparePanes(map);
  const features = L.featureGroup().addTo(map);
  draw(features, sample.features, look, { isModelled: () => modelled });
  const marks = L.featureGroup().addTo(map);
  for (const remark of remarks.features) {
    const labelOf = () => remark.properties.label;
    draw(marks, [remark], remarkLooks[remark.properties.kind], { pane: "evidence", labelOf });
  }
  const bounds = L.featureGroup([features, marks]).getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 19, animate: false });
  map.on("zoomend", () => declutter(marks.getLayers()));
  declutter(marks.getLayers());
  const kinds = new Set(remarks.features.map((/** @type {any} */ remark) => remark.properties.kind));
  legendOf([[look, modelled], ...[...kinds].map((kind) => [remarkLooks[/** @type {string} */ (kind)], false])]);
}
