// The evidence of one check on the map: one at a time, since all at once is unreadable.

import { evidenceLook, FOCUSED_KINDS } from "../page/shapes.js";
import { boxOf } from "./map_view.js";

/** @typedef {import("../page/shapes.js").Look} Look */
/** @typedef {import("./map_view.js").MapView} MapView */

const PREFIX = "evidence-";
const LABELS = `${PREFIX}labels`;
const NETWORK = ["lateral", "sewer_main", "water_main"];

export class EvidenceOnMap {
  /**
   * @param {MapView} view @param {{roles: Record<string, Look>, evidence: Record<string, Look>}} style
   * @param {(source: string) => string | undefined} roleOf the role of a layer of the town
   */
  constructor(view, style, roleOf) {
    this.view = view;
    this.style = style;
    this.roleOf = roleOf;
  }

  /** Draws a FeatureCollection instead of what was drawn. @param {any} collection */
  show(collection) {
    this.clear();
    const features = (collection?.features ?? []).filter((/** @type {any} */ one) => one.geometry);
    if (!features.length) return;
    features.sort((/** @type {any} */ a, /** @type {any} */ b) => this.lookOf(a).order - this.lookOf(b).order);
    const { map } = this.view;
    features.forEach((/** @type {any} */ feature, /** @type {number} */ at) => {
      const source = `${PREFIX}${at}`;
      map.addSource(source, { type: "geojson", data: feature });
      for (const rule of this.rules(feature, source)) map.addLayer(rule, this.below(rule.type));
    });
    this.label(features);
    const near = features.filter((/** @type {any} */ one) => FOCUSED_KINDS.includes(one.properties.kind));
    const box = boxOf(near.length ? near : features);
    if (box) this.reveal(box);
  }

  /** Moves the map only if the evidence cannot be read where it is. @param {[number, number, number, number]} box */
  reveal(box) {
    const corners = [{ lon: box[0], lat: box[1] }, { lon: box[2], lat: box[3] }];
    if (this.view.map.getZoom() < 17 || !corners.every((corner) => this.view.sees(corner))) this.view.fit(box);
  }

  clear() {
    const { map } = this.view;
    const { layers, sources } = map.getStyle();
    for (const layer of layers) if (layer.id.startsWith(PREFIX)) map.removeLayer(layer.id);
    for (const name of Object.keys(sources)) if (name.startsWith(PREFIX)) map.removeSource(name);
  }

  /** Areas lie under the mains, lines under the cases. @param {string} type */
  below(type) {
    const { map } = this.view;
    if (type === "symbol") return undefined;
    const firstLine = map.getStyle().layers.find((/** @type {any} */ one) => NETWORK.includes(this.roleOf(one.source) ?? ""))?.id;
    return type === "fill" && firstLine ? firstLine : map.getLayer("cases-cluster") ? "cases-cluster" : undefined;
  }

  /** Labels stand at points: on a line shorter than its words there would be none. @param {any[]} features */
  label(features) {
    const { map } = this.view;
    const points = features.map((feature) => this.labelOf(feature)).filter((one) => one !== null);
    map.addSource(LABELS, { type: "geojson", data: { type: "FeatureCollection", features: points } });
    map.addLayer(labelRule());
  }

  /** @param {any} feature */
  labelOf(feature) {
    const look = this.lookOf(feature);
    if (!look.label_always || !feature.properties.label) return null;
    const coordinates = anchorOf(feature.geometry);
    const properties = { label: feature.properties.label, colour: look.label_colour ?? look.colour, order: look.order };
    return coordinates && { type: "Feature", geometry: { type: "Point", coordinates }, properties };
  }

  /** @param {any} feature */
  lookOf(feature) {
    return evidenceLook(this.style, feature);
  }

  /** @param {any} feature @param {string} source */
  rules(feature, source) {
    const look = this.lookOf(feature);
    const kind = feature.geometry.type.replace("Multi", "");
    /** @type {Record<string, (look: any, source: string, feature: any) => any[]>} */
    const rulesOf = { Polygon: areaRules, LineString: lineRules, Point: pointRules };
    return rulesOf[kind]?.(look, source, feature) ?? [];
  }
}

/** @param {Look} look @param {string} source @param {any} feature */
function areaRules(look, source, feature) {
  const modelled = feature.properties.modelled === true;
  const pattern = modelled ? (look.modelled_hatch ?? look.hatch) : look.hatch;
  const fill = { id: `${source}-fill`, type: "fill", source, paint: { "fill-color": look.fill ?? look.colour, "fill-opacity": look.fill_opacity } };
  const hatch = { id: `${source}-hatch`, type: "fill", source, paint: { "fill-pattern": `hatch|${pattern}|${look.colour}` } };
  return [fill, ...(pattern ? [hatch] : []), line(modelled ? { ...look, dash: look.modelled_dash ?? look.dash } : look, source)];
}

/** @param {Look} look @param {string} source */
const lineRules = (look, source) => {
  const casing = { id: `${source}-casing`, type: "line", source, paint: { "line-color": look.casing, "line-width": look.width + 2.4 } };
  return [...(look.casing ? [casing] : []), line(look, source)];
};

/** @param {Look & {image: string}} look @param {string} source */
const pointRules = (look, source) => [
  { id: `${source}-point`, type: "symbol", source, layout: { "icon-image": `look|${look.image}`, "icon-allow-overlap": true, "icon-ignore-placement": true } },
];

/** Dashes are counted in widths of the line. @param {Look} look @param {string} source */
function line(look, source) {
  const dash = look.dash ? { "line-dasharray": look.dash.split(" ").map((part) => Number(part) / Math.max(look.width, 1)) } : {};
  return { id: `${source}-line`, type: "line", source, paint: { "line-color": look.colour, "line-width": look.width, ...dash } };
}

/** Where a label stands: the middle of a line, the middle of an area's box, the point itself. @param {any} geometry */
function anchorOf(geometry) {
  if (geometry.type === "Point") return geometry.coordinates;
  if (geometry.type === "LineString") return middleOf(geometry.coordinates);
  const box = boxOf([{ geometry }]);
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

/** @param {[number, number][]} line */
function middleOf(line) {
  const lengths = line.slice(1).map((to, at) => Math.hypot(to[0] - line[at][0], to[1] - line[at][1]));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  const at = lengths.findIndex((length) => (left -= length) <= 0);
  if (at < 0) return line[0];
  const share = lengths[at] ? 1 + left / lengths[at] : 0;
  return [line[at][0] + share * (line[at + 1][0] - line[at][0]), line[at][1] + share * (line[at + 1][1] - line[at][1])];
}

function labelRule() {
  const layout = {
    "text-field": ["get", "label"],
    "text-font": ["sans-serif"],
    "text-size": 13,
    "text-variable-anchor": ["left", "right", "bottom", "top"],
    "text-radial-offset": 1.1,
    "text-justify": "auto",
    "symbol-sort-key": ["-", ["get", "order"]],
  };
  return { id: LABELS, type: "symbol", source: LABELS, layout, paint: { "text-color": ["get", "colour"], "text-halo-color": "#fff", "text-halo-width": 2.4 } };
}
