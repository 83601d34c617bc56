// The town's layers, fetched by view: what the box and the zoom show, never the whole town.

import { titled } from "../officers_map/words.js";
import { ask } from "./dom.js";
import { draw, label, partInView } from "./drawing.js";

/* global L */

/** @typedef {import("./shapes.js").Look} Look */
/** @typedef {{name: string, role: string, geometry: string, basis: string, min_zoom?: number | null, rows: number}} Entry */
/** @typedef {"off" | "far" | "loading" | "drawn" | "failed"} State */

const WAIT_MS = 120;
const MARGIN = 0.2;
const SHORTEST_LABELLED_PX = 70;
const MOST_LABELS = 250;

/** One layer: what it is, how it looks, and what of it is drawn now. */
export class ViewLayer {
  /** @param {any} map @param {Entry} entry @param {Look} look */
  constructor(map, entry, look) {
    this.map = map;
    this.entry = entry;
    this.look = look;
    this.shown = look.shown;
    /** @type {State} */
    this.state = "off";
    this.count = 0;
    this.truncated = false;
    this.minZoom = entry.min_zoom ?? look.min_zoom;
    this.modelled = entry.basis === "modelled";
    this.pane = `layer-${entry.name}`;
    map.createPane(this.pane).style.zIndex = String(300 + look.order);
    map.getPane(this.pane).style.pointerEvents = "none";
    const plain = look.fill && !look.hatch && !look.symbol;
    this.renderer = plain ? L.canvas({ pane: this.pane, padding: 0.3 }) : undefined;
    this.group = L.layerGroup().addTo(map);
    this.labelled = L.layerGroup().addTo(map);
    /** @type {any[]} */
    this.features = [];
    /** @type {{bounds: any, zoom: number} | null} */
    this.loaded = null;
    /** @type {AbortController | null} */
    this.pending = null;
  }

  get title() {
    return this.look.title;
  }

  /** Fetches and draws what the view needs; does nothing where that is drawn already. */
  async refresh() {
    const zoom = Math.floor(this.map.getZoom());
    if (!this.shown || zoom < this.minZoom) return this.clear(this.shown ? "far" : "off");
    const view = this.map.getBounds();
    if (this.loaded?.zoom === zoom && this.loaded.bounds.contains(view)) return this.label();
    this.pending?.abort();
    this.pending = new AbortController();
    this.state = "loading";
    await this.fetch(view.pad(MARGIN), zoom, this.pending);
  }

  /** @param {any} bounds @param {number} zoom @param {AbortController} pending */
  async fetch(bounds, zoom, pending) {
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((side) => side.toFixed(6));
    try {
      const name = encodeURIComponent(this.entry.name);
      const told = await ask(`/layers/${name}/features?bbox=${box.join(",")}&zoom=${zoom}`, pending.signal);
      this.loaded = told.truncated ? null : { bounds, zoom };
      this.show(told);
    } catch (error) {
      if (pending.signal.aborted) return;
      this.clear("failed");
    }
  }

  /** @param {any} told */
  show(told) {
    this.features = told.features.filter((/** @type {any} */ feature) => feature.geometry);
    this.count = this.features.length;
    this.truncated = Boolean(told.truncated);
    this.state = "drawn";
    this.group.clearLayers();
    draw(this.group, this.features, this.lookAt(this.map.getZoom()), {
      pane: this.pane,
      renderer: this.renderer,
      isModelled: (feature) => (feature.properties.basis ?? this.entry.basis) === "modelled",
      arrows: this.look.arrows && this.map.getZoom() >= this.look.label_zoom,
    });
    this.label();
  }

  /** Symbols and lines are smaller where much is in view, or they hide the streets. @param {number} zoom */
  lookAt(zoom) {
    const share = Math.min(1, 0.65 + 0.18 * Math.max(0, Math.floor(zoom) - this.minZoom));
    const width = this.look.width * (zoom >= 16 ? 1 : zoom >= 15 ? 0.75 : 0.5);
    return { ...this.look, width, size: Math.round(this.look.size * share) };
  }

  /** @param {State} state */
  clear(state) {
    this.pending?.abort();
    this.group.clearLayers();
    this.labelled.clearLayers();
    this.features = [];
    this.loaded = null;
    this.count = 0;
    this.truncated = false;
    this.state = state;
  }

  /** Labels what is in view, each at the middle of its part in view. */
  label() {
    this.labelled.clearLayers();
    if (!this.look.label || this.map.getZoom() < this.look.label_zoom) return;
    const view = this.map.getBounds();
    let left = MOST_LABELS;
    for (const feature of this.features) {
      const text = left > 0 && this.isLong(feature) ? labelOf(feature, this.look) : undefined;
      const seen = text && partInView(feature, view);
      if (!seen) continue;
      this.labelled.addLayer(label(seen, text, this.look, true));
      left -= 1;
    }
  }

  /** Whether a feature is large enough on the screen to bear a label. @param {any} feature */
  isLong(feature) {
    const bounds = L.geoJSON(feature).getBounds();
    const [one, other] = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => this.map.latLngToLayerPoint(at));
    return one.distanceTo(other) >= SHORTEST_LABELLED_PX;
  }

  /** The labels that are drawn. */
  labels() {
    return this.labelled.getLayers();
  }
}

/** `8" DIP`: the fields that the feature has, in the order of the look. @param {any} feature @param {Look} look */
function labelOf(feature, look) {
  const parts = (look.label ?? []).map((field) => {
    const inches = /^\{(.*)\}$/.exec(field);
    const value = feature.properties[inches ? inches[1] : field];
    if (/^[A-Z]+$/.test(field)) return field;
    return value === undefined || value === null || value === "" ? null : inches ? `${value}"` : String(value);
  });
  const known = parts.filter((part) => part !== null);
  return known.some((part) => !/^[A-Z]+$/.test(part ?? "") || part !== look.label?.at(-1)) ? known.join(" ") : undefined;
}

/** All layers of the town; tells a listener whenever what is drawn has changed. */
export class ViewLayers {
  /** @param {any} map @param {Record<string, Look>} looks @param {Entry[]} entries @param {() => void} changed */
  constructor(map, looks, entries, changed) {
    this.map = map;
    this.changed = changed;
    const drawable = entries.filter((entry) => looks[entry.role]);
    this.layers = drawable.map((entry) => new ViewLayer(map, entry, named(entry, drawable, looks[entry.role])));
    this.layers.sort((a, b) => b.look.order - a.look.order);
    this.timer = 0;
    map.on("moveend zoomend resize", () => this.soon());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), WAIT_MS);
  }

  /** The labels of all layers. */
  labels() {
    return this.layers.flatMap((layer) => layer.labels());
  }

  async refresh() {
    const waiting = this.layers.map((layer) => layer.refresh().finally(this.changed));
    this.changed();
    await Promise.allSettled(waiting);
    this.map.getContainer().dataset.drawn = this.layers.map((layer) => `${layer.entry.name}:${layer.count}`).join(" ");
  }

  /** @param {(layer: ViewLayer) => boolean} isShown */
  choose(isShown) {
    for (const layer of this.layers) layer.shown = isShown(layer);
    return this.refresh();
  }
}

/** Layers that share a role are told apart by their own names. @param {Entry} entry @param {Entry[]} all @param {Look} look */
function named(entry, all, look) {
  const alone = all.filter((other) => other.role === entry.role).length === 1;
  return alone ? look : { ...look, title: titled(entry.name) };
}
