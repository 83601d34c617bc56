// The style of the town with its vector tiles, and cases as GeoJSON: what MapLibre says it has drawn.
import * as maplibregl from "/libraries/maplibre-gl/dist/maplibre-gl.mjs";

maplibregl.setWorkerUrl(`${location.origin}/libraries/maplibre-gl/dist/maplibre-gl-worker.mjs`);
const { service, lon, lat } = window.asked;
const map = new maplibregl.Map({
  container: "map",
  style: `${service}/ogc/styles/town`,
  center: [Number(lon), Number(lat)],
  zoom: 16.5,
  fadeDuration: 0,
});
map.on("error", (event) => { window.failed = String(event.error); });
map.on("load", async () => {
  const cases = await (await fetch(`${service}/ogc/collections/cases/items?f=json`)).json();
  for (const each of cases.features) each.properties.id = each.id;  // MapLibre keeps no ids that are texts
  map.addSource("cases", { type: "geojson", data: cases });
  map.addLayer({ id: "cases", type: "circle", source: "cases" });
  map.once("idle", () => {
    const drawn = {};
    for (const feature of map.queryRenderedFeatures()) {
      const name = feature.layer.id.replace(/-(area|casing)$/, "");
      (drawn[name] ??= new Set()).add(feature.properties.id);
    }
    window.drawn = Object.fromEntries(Object.entries(drawn).map(([name, ids]) => [name, [...ids].sort()]));
  });
});
