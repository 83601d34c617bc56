// Cases on the map: clustered, each with the mark of its priority or age; a cluster wears the colour of its worst.

import { caseImage, SLOTS } from "./images.js";

/** @typedef {import("./case_store.js").CaseStore} CaseStore */
/** @typedef {import("./case_store.js").Row} Row */
/** @typedef {import("./map_view.js").MapView} MapView */

const SOURCE = "cases";
export const CASE_LAYERS = ["cases-cluster", "cases-mark"];
const CLUSTERED_TO_ZOOM = 17;

export class CasesOnMap {
  /** @param {MapView} view @param {CaseStore} store */
  constructor(view, store) {
    this.view = view;
    this.store = store;
    const { map } = view;
    map.addSource(SOURCE, { type: "geojson", data: collection([], ""), cluster: true, clusterRadius: 44, clusterMaxZoom: CLUSTERED_TO_ZOOM, clusterProperties: { worst: ["min", ["get", "slot"]] } });
    const colours = ["match", ["get", "worst"], ...SLOTS.slice(0, 3).flatMap((slot, at) => [at + 1, slot.colour]), SLOTS[3].colour];
    map.addLayer({ id: "cases-cluster", type: "circle", source: SOURCE, filter: ["has", "point_count"], paint: { "circle-color": colours, "circle-radius": ["step", ["get", "point_count"], 17, 10, 21, 100, 26], "circle-stroke-color": "#fff", "circle-stroke-width": 2 } });
    map.addLayer({ id: "cases-count", type: "symbol", source: SOURCE, filter: ["has", "point_count"], layout: { "text-field": ["to-string", ["get", "point_count_abbreviated"]], "text-font": ["sans-serif"], "text-size": 13, "text-allow-overlap": true }, paint: { "text-color": "#fff" } });
    map.addLayer({ id: "cases-mark", type: "symbol", source: SOURCE, filter: ["!", ["has", "point_count"]], layout: { "icon-image": ["get", "image"], "icon-allow-overlap": true, "symbol-sort-key": ["-", ["get", "slot"]] } });
    map.addSource("chosen", { type: "geojson", data: collection([], "") });
    map.addLayer({ id: "chosen-ring", type: "circle", source: "chosen", paint: { "circle-radius": 22, "circle-color": "transparent", "circle-stroke-color": "#0b63c4", "circle-stroke-width": 3 } });
    store.listen(() => this.draw());
    this.draw();
  }

  draw() {
    const placed = this.store.matching.filter((row) => row.lon !== null);
    this.view.map.getSource(SOURCE).setData(collection(placed, this.store.wanted.colour));
  }

  /** @param {Row | null} row */
  choose(row) {
    this.view.map.getSource("chosen").setData(collection(row && row.lon !== null ? [row] : [], "priority"));
  }

  /** The numbers of the cases that were meant, or an empty list; a cluster that splits is zoomed into. @param {any} event */
  async meant(event) {
    const found = this.view.picked(event, CASE_LAYERS);
    const cluster = found.find((/** @type {any} */ one) => one.properties.cluster);
    const single = found.filter((/** @type {any} */ one) => !one.properties.cluster);
    if (single.length) return [...new Set(single.map((/** @type {any} */ one) => one.properties.number))];
    if (!cluster) return null;
    return this.intoCluster(cluster);
  }

  /** @param {any} cluster */
  async intoCluster(cluster) {
    const source = this.view.map.getSource(SOURCE);
    const { cluster_id: id, point_count: count } = cluster.properties;
    const zoom = await source.getClusterExpansionZoom(id);
    if (zoom > CLUSTERED_TO_ZOOM) {
      const leaves = await source.getClusterLeaves(id, count, 0);
      return leaves.map((/** @type {any} */ leaf) => leaf.properties.number);
    }
    const [lon, lat] = cluster.geometry.coordinates;
    this.view.go(lon, lat, zoom + 0.3);
    return [];
  }
}

/** @param {Row[]} rows @param {string} colour */
function collection(rows, colour) {
  return {
    type: "FeatureCollection",
    features: rows.map((row) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [row.lon, row.lat] },
      properties: { number: row.number, slot: colour === "age" ? row.ageSlot : row.slot, image: caseImage(row, colour) },
    })),
  };
}
