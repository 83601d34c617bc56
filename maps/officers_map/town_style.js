// The style of the town's layers: what the service says, with the marks, hatches, arrows and labels that need no file.

import { ask } from "../page/dom.js";
import { titled } from "./words.js";

/** @typedef {import("../page/shapes.js").Look} Look */
/** @typedef {{name: string, role: string, geometry: string, basis: string, rows: number, version: string}} Entry */
/** @typedef {{entry: Entry, look: Look, title: string, modelled: boolean, ids: string[], shown: boolean}} TownLayer */

const LABELS_FROM_ZOOM = 16;

/**
 * The style, and the layers of the town with the rules that draw each.
 * @param {Record<string, Look>} roles @returns {Promise<{style: any, layers: TownLayer[]}>}
 */
export async function townStyle(roles) {
  const [style, told] = await Promise.all([ask("/ogc/styles/town"), ask("/layers")]);
  const entries = told.layers.filter((/** @type {Entry} */ entry) => roles[entry.role]);
  const byName = new Map(entries.map((/** @type {Entry} */ entry) => [entry.name, entry]));
  style.layers = style.layers.flatMap((/** @type {any} */ rule) => ruleFor(rule, byName.get(rule.source), roles));
  const firstPoint = style.layers.findIndex((/** @type {any} */ rule) => rule.type === "symbol" && byName.get(rule.source)?.geometry === "point");
  const texts = entries.flatMap((/** @type {Entry} */ entry) => labels(entry, roles[entry.role]));
  style.layers.splice(firstPoint < 0 ? style.layers.length : firstPoint, 0, ...texts);
  const layers = entries.map((/** @type {Entry} */ entry) => townLayer(entry, roles[entry.role], style.layers));
  return { style, layers: layers.sort((/** @type {TownLayer} */ a, /** @type {TownLayer} */ b) => b.look.order - a.look.order) };
}

/** @param {Entry} entry @param {Look} look @param {any[]} rules @returns {TownLayer} */
function townLayer(entry, look, rules) {
  const ids = rules.filter((rule) => rule.source === entry.name).map((rule) => rule.id);
  return { entry, look, title: titled(entry.name), modelled: entry.basis === "modelled", ids, shown: look.shown };
}

/** @param {any} rule @param {Entry | undefined} entry @param {Record<string, Look>} roles @returns {any[]} */
function ruleFor(rule, entry, roles) {
  if (!entry) return [rule];
  const look = roles[entry.role];
  if (rule.type === "circle") return [pointRule(rule, entry.role)];
  if (rule.type === "line" && look.arrows) return [rule, arrows(rule, look)];
  const pattern = entry.basis === "modelled" ? (look.modelled_hatch ?? look.hatch) : look.hatch;
  if (rule.type === "fill" && pattern) return [rule, hatched(rule, pattern, look)];
  return [rule];
}

/** @param {any} rule @param {string} role */
function pointRule(rule, role) {
  const { visibility } = rule.layout;
  const layout = { visibility, "icon-image": `look|roles|${role}`, "icon-allow-overlap": true };
  return { ...rule, type: "symbol", paint: {}, layout };
}

/** @param {any} rule @param {Look} look */
function arrows(rule, look) {
  const layout = { ...rule.layout, "symbol-placement": "line", "symbol-spacing": 110, "icon-image": `arrow|${look.colour}`, "icon-allow-overlap": true };
  return { ...rule, id: `${rule.id}-flow`, type: "symbol", minzoom: Math.max(rule.minzoom, 15), paint: {}, layout };
}

/** @param {any} rule @param {string} kind @param {Look} look */
const hatched = (rule, kind, look) => ({ ...rule, id: `${rule.id}-hatch`, paint: { "fill-pattern": `hatch|${kind}|${look.colour}`, "fill-opacity": 0.7 } });

/** @param {Entry} entry @param {Look} look */
function labels(entry, look) {
  if (!look.label?.length) return [];
  const isLine = entry.geometry === "line";
  const isArea = entry.geometry === "polygon";
  return [
    {
      id: `${entry.name}-label`,
      type: "symbol",
      source: entry.name,
      "source-layer": isArea ? `${entry.name}_labels` : entry.name,
      minzoom: isArea ? Math.max(look.label_zoom, LABELS_FROM_ZOOM) : look.label_zoom,
      layout: { ...(isLine ? { "symbol-placement": "line" } : {}), "text-field": words(look.label), "text-size": 12, "text-font": ["sans-serif"], visibility: look.shown ? "visible" : "none" },
      paint: { "text-color": look.label_colour ?? look.colour, "text-halo-color": "#ffffff", "text-halo-width": 1.6 },
    },
  ];
}

/** `{diameter_in}` is written 8", a name is a field, capitals are words. @param {string[]} parts */
function words(parts) {
  const said = parts.map((part) => {
    if (part.startsWith("{")) return ["case", ["has", part.slice(1, -1)], ["concat", ["to-string", ["get", part.slice(1, -1)]], "\""], ""];
    return part === part.toUpperCase() ? part : ["coalesce", ["get", part], ""];
  });
  return ["concat", ...said.flatMap((one, at) => (at ? [" ", one] : [one]))];
}
