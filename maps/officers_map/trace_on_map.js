// A trace on the map: yellow on black with arrows, what is doubtful dashed and marked, the parcels to mail yellow.

import { boxOf } from "./map_view.js";
import { number, say } from "./words.js";

/** @typedef {import("./map_tools.js").ToolHome} ToolHome */

const PREFIX = "trace-";
const YELLOW = "#ffd400";
const BLACK = "#111111";
/** Kinds of lines that are drawn as traced; a shut-off is drawn as one too, for it is what was asked. */
const TRACED = ["traced", "undirected", "shut"];
const BESIDE = ["possible", "unknown", "beyond"];

export class TraceOnMap {
  /** @param {ToolHome} page @param {Record<string, import("../page/shapes.js").Look>} looks of the section `network` */
  constructor(page, looks) {
    this.page = page;
    this.looks = looks;
  }

  /** Draws a trace instead of what was drawn. @param {any[]} marks GeoJSON features with kind and label @param {any[]} parcels */
  show(marks, parcels) {
    this.clear();
    this.parcels(parcels);
    const of = (/** @type {string[]} */ kinds) => marks.filter((mark) => kinds.includes(mark.properties.kind));
    for (const kind of BESIDE) this.beside(kind, of([kind]));
    this.traced(of(TRACED));
    this.points(marks.filter((mark) => mark.geometry.type.endsWith("Point")));
    this.count(parcels);
    const box = boxOf(marks);
    if (box) this.page.view.fit(box);
  }

  clear() {
    const { map } = this.page.view;
    const { layers, sources } = map.getStyle();
    for (const layer of layers) if (layer.id.startsWith(PREFIX)) map.removeLayer(layer.id);
    for (const name of Object.keys(sources)) if (name.startsWith(PREFIX)) map.removeSource(name);
  }

  /** @param {any[]} features */
  parcels(features) {
    if (!features.length) return;
    this.source("parcels", features);
    this.layer("fill", "parcels", { paint: { "fill-color": YELLOW, "fill-opacity": 0.45 } });
    this.layer("line", "parcels", { paint: { "line-color": "#7a6400", "line-width": 1.4 } });
  }

  /** How many they are, in their middle. @param {any[]} features */
  count(features) {
    const box = boxOf(features);
    if (!box) return;
    const label = say("{n} to mail", { n: number(features.length) });
    this.source("count", [{ type: "Feature", geometry: { type: "Point", coordinates: [(box[0] + box[2]) / 2, box[3]] }, properties: { label } }]);
    this.layer("symbol", "count", { layout: { "text-field": ["get", "label"], "text-font": ["sans-serif"], "text-size": 15, "text-anchor": "bottom", "text-allow-overlap": true }, paint: { "text-color": BLACK, "text-halo-color": YELLOW, "text-halo-width": 3 } });
  }

  /** @param {any[]} features */
  traced(features) {
    this.source("lines", features);
    const known = ["!=", ["get", "kind"], "undirected"];
    this.layer("line", "lines", { id: "casing", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": BLACK, "line-width": 9 } });
    this.layer("line", "lines", { id: "known", filter: known, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": YELLOW, "line-width": 5 } });
    this.layer("line", "lines", { id: "undirected", filter: ["!", known], paint: { "line-color": YELLOW, "line-width": 5, "line-dasharray": [1.4, 0.8] } });
    this.layer("symbol", "lines", { id: "arrows", filter: ["==", ["get", "kind"], "traced"], layout: { "symbol-placement": "line", "symbol-spacing": 80, "icon-image": `arrow|${BLACK}`, "icon-size": 1.15, "icon-allow-overlap": true, "icon-ignore-placement": true } });
  }

  /** What may belong to it, by its own look. @param {string} kind @param {any[]} features */
  beside(kind, features) {
    if (!features.length) return;
    const look = this.looks[kind];
    const dash = look.dash ? { "line-dasharray": look.dash.split(" ").map((part) => Number(part) / look.width) } : {};
    this.source(kind, features);
    this.layer("line", kind, { paint: { "line-color": look.colour, "line-width": look.width + 1, ...dash } });
  }

  /** Valves, gaps, splits, ends and the start. @param {any[]} features */
  points(features) {
    const drawn = features.map((one) => ({ ...one, properties: { ...one.properties, order: this.looks[one.properties.kind]?.order ?? 0, words: this.looks[one.properties.kind]?.label_always ? labelOf(one.properties) : "" } }));
    this.source("points", drawn);
    this.layer("symbol", "points", { layout: { "icon-image": ["concat", "look|network|", ["get", "kind"]], "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["get", "order"], "text-field": ["get", "words"], "text-font": ["sans-serif"], "text-size": 13, "text-variable-anchor": ["top", "bottom", "left", "right"], "text-radial-offset": 1.2, "text-optional": true }, paint: { "text-color": BLACK, "text-halo-color": "#ffffff", "text-halo-width": 2.2 } });
  }

  /** @param {string} name @param {any[]} features */
  source(name, features) {
    this.page.view.map.addSource(`${PREFIX}${name}`, { type: "geojson", data: { type: "FeatureCollection", features } });
  }

  /** @param {string} type @param {string} source @param {any} rule */
  layer(type, source, { id = type, ...rule }) {
    const { map } = this.page.view;
    map.addLayer({ id: `${PREFIX}${source}-${id}`, type, source: `${PREFIX}${source}`, ...rule }, this.page.below(type));
  }
}

/** A start that is no more than a position has no name worth reading. @param {{kind: string, label: string}} mark */
const labelOf = ({ kind, label }) => (kind === "start" && /^-?\d/.test(label) ? say("Start") : label);
