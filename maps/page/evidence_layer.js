// The evidence of one check on the map: one check at a time, since all at once is unreadable.

import { declutter, draw, preparePanes } from "./drawing.js";
import { evidenceLook } from "./shapes.js";

/* global L */

/** @typedef {import("./shapes.js").Look} Look */
/** @typedef {{roles: Record<string, Look>, evidence: Record<string, Look>}} Style */

export class EvidenceLayer {
  /** @param {any} map @param {Style} style @param {() => any[]} others labels that give way to those of the evidence */
  constructor(map, style, others = () => []) {
    this.map = map;
    this.others = others;
    this.style = style;
    preparePanes(map);
    this.group = L.featureGroup().addTo(map);
    map.on("zoomend moveend", () => this.declutter());
  }

  /** Draws a FeatureCollection instead of what was drawn. @param {any} collection */
  show(collection) {
    this.clear();
    const features = [...(collection?.features ?? [])].filter((feature) => feature.geometry);
    features.sort((a, b) => this.lookOf(a).order - this.lookOf(b).order);
    for (const feature of features) this.drawOne(feature);
    this.declutter();
  }

  clear() {
    this.group.clearLayers();
  }

  /** @param {any} feature */
  drawOne(feature) {
    const { label, modelled, role } = feature.properties;
    const look = this.lookOf(feature);
    draw(this.group, [feature], look, {
      pane: look.fill && feature.geometry.type.endsWith("Polygon") ? "evidence-areas" : "evidence",
      isModelled: () => modelled === true,
      arrows: role === "sewer_main" && look.fill === undefined,
      labelOf: () => (look.label_always ? label : undefined),
    });
  }

  /** @param {any} feature @returns {Look} */
  lookOf(feature) {
    return evidenceLook(this.style, feature);
  }

  /** What must be in view to read the evidence: not the whole of a long main or street. @param {any} collection */
  static focus(collection) {
    const near = ["site", "structure", "distance", "encroached", "address", "listed"];
    const features = collection.features.filter((/** @type {any} */ feature) => near.includes(feature.properties.kind));
    const bounds = L.geoJSON({ type: "FeatureCollection", features: features.length ? features : collection.features });
    return bounds.getBounds().isValid() ? bounds.getBounds().pad(0.35) : null;
  }

  declutter() {
    declutter([...this.group.getLayers(), ...this.others()]);
  }
}
