// Layers and legend in one list: one tap each, and presets for water and sewer.

import { byId, el } from "./dom.js";
import { swatch } from "./shapes.js";

/** @typedef {import("./view_layers.js").ViewLayer} ViewLayer */

/** @type {[string, string[]][]} */
const PRESETS = [
  ["Water", ["base", "water"]],
  ["Sewer", ["base", "sewer"]],
  ["Both", ["base", "water", "sewer"]],
];

/** @param {import("./view_layers.js").ViewLayers} layers @returns {() => void} what to call when the layers changed */
export function makeLegend(layers) {
  const rows = layers.layers.map((layer) => row(layer, () => layers.refresh()));
  const refill = () => {
    rows.forEach((one) => one.update());
    byId("partial").hidden = !layers.layers.some((layer) => layer.truncated);
  };
  byId("layer-list").replaceChildren(...rows.map((one) => one.element));
  byId("presets").replaceChildren(
    ...PRESETS.map(([name, sets]) => {
      const isShown = (/** @type {ViewLayer} */ layer) => layer.look.shown && sets.includes(layer.look.set);
      return el("button", { type: "button", class: "preset", click: () => layers.choose(isShown) }, name);
    }),
  );
  return refill;
}

/** @param {ViewLayer} layer @param {() => void} refresh */
function row(layer, refresh) {
  const toggle = () => {
    layer.shown = box.checked;
    refresh();
  };
  const box = el("input", { type: "checkbox", change: toggle });
  const said = el("span", { class: "layer-state" });
  const tag = layer.modelled && !layer.title.includes("modelled") ? el("span", { class: "tag" }, "modelled") : null;
  const name = el("span", { class: "layer-name" }, layer.title, tag);
  const element = el("li", {}, el("label", { class: "layer-row" }, box, swatch(layer.look, layer.modelled), name, said));
  const update = () => {
    box.checked = layer.shown;
    said.textContent = stateOf(layer);
    element.classList.toggle("far", layer.state === "far");
  };
  return { element, update };
}

/** @param {ViewLayer} layer */
function stateOf(layer) {
  const count = layer.count.toLocaleString("en-US");
  return {
    off: "off",
    far: "zoom in",
    loading: "…",
    failed: "not loaded",
    drawn: layer.truncated ? `largest ${count}` : count,
  }[layer.state];
}
