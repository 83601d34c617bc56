// Layers and legend in one list: one tap each, and presets.

import { byId, el } from "../page/dom.js";
import { swatch } from "../page/shapes.js";
import { BOUNDS } from "./case_store.js";
import { drawnCase, SLOTS } from "./images.js";
import { say } from "./words.js";

/** @typedef {import("./town_style.js").TownLayer} TownLayer */
/** @typedef {import("./case_store.js").CaseStore} CaseStore */

const ROLES_OF_EASEMENTS = ["easement", "parcel", "right_of_way", "street", "building", "jurisdiction"];
/** @type {[string, (layer: TownLayer) => boolean][]} */
const PRESETS = [
  [say("Water"), (layer) => ["base", "water"].includes(layer.look.set)],
  [say("Sewer"), (layer) => ["base", "sewer"].includes(layer.look.set)],
  [say("Easements"), (layer) => ROLES_OF_EASEMENTS.includes(layer.entry.role)],
  [say("All"), () => true],
];

const AGES_OF_SLOTS = [say("over 90 days"), say("31 to 90 days"), say("8 to 30 days"), say("up to 7 days")];
const PRIORITIES_OF_SLOTS = BOUNDS.map((bounds, at) => at < 3 ? say("Priority {bounds}", { bounds }) : say("Priority {bounds}, or none set", { bounds }));

/** @param {any} map @param {TownLayer[]} layers */
export function makeLayersPanel(map, layers) {
  const rows = layers.map((layer) => layerRow(map, layer));
  byId("layer-list").replaceChildren(...rows.map((row) => row.element));
  byId("presets").replaceChildren(
    ...PRESETS.map(([name, wants]) => {
      const choose = () => rows.forEach((row) => row.show(row.layer.look.shown && wants(row.layer)));
      return el("button", { type: "button", class: "preset", click: choose }, name);
    }),
  );
}

/** @param {any} map @param {TownLayer} layer */
function layerRow(map, layer) {
  const box = el("input", { type: "checkbox", change: () => show(box.checked) });
  const tag = layer.modelled && !layer.title.includes("modelled") ? el("span", { class: "tag" }, say("modelled")) : null;
  const far = el("span", { class: "layer-state" });
  const element = el("li", {}, el("label", { class: "layer-row" }, box, swatch(layer.look, layer.modelled), el("span", { class: "layer-name" }, layer.title, tag), far));
  const show = (/** @type {boolean} */ on) => {
    layer.shown = box.checked = on;
    for (const id of layer.ids) map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    tell();
  };
  const tell = () => (far.textContent = !layer.shown ? say("off") : map.getZoom() < layer.look.min_zoom ? say("zoom in") : "");
  map.on("zoomend", tell);
  show(layer.shown);
  return { layer, element, show };
}

/** @param {CaseStore} store */
export function makeCaseLegend(store) {
  const update = () => {
    const byAge = store.wanted.colour === "age";
    const words = byAge ? AGES_OF_SLOTS : PRIORITIES_OF_SLOTS;
    const slots = SLOTS.map((_, at) => legendRow(drawnCase(at + 1, "", false, false), words[at]));
    const flags = [legendRow(drawnCase(2, "", true, false), say("Overdue: a ring")), legendRow(drawnCase(2, "", false, true), say("Closed: hollow and small"))];
    const kinds = [...new Map(store.rows.map((row) => [row.letters, row.kind]))].sort().map(([letters, kind]) => legendRow(el("b", {}, letters), kind));
    byId("case-legend").replaceChildren(...slots, ...flags, ...kinds);
  };
  store.listen(update);
  update();
}

/** @param {any} mark @param {string} text */
const legendRow = (mark, text) => el("li", { class: "legend-row" }, el("span", { class: "legend-mark" }, mark), text);
