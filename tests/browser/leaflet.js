// Layers and cases as GeoJSON, page after page: the paths and markers that Leaflet put on its map.
const { service, lon, lat } = window.asked;
const map = L.map("map", { renderer: L.svg() }).setView([Number(lat), Number(lon)], 17);
const drawn = {};

async function every(address) {
  const features = [];
  for (let next = address; next;) {
    const page = await (await fetch(next, { headers: { Accept: "application/geo+json" } })).json();
    features.push(...page.features);
    next = page.links.find((link) => link.rel === "next")?.href;
  }
  return features;
}

for (const name of ["parcels", "water_mains", "hydrants", "cases"]) {
  const features = await every(`${service}/ogc/collections/${name}/items?limit=7`);
  const layer = L.geoJSON(features, { pointToLayer: (_, at) => L.circleMarker(at) }).addTo(map);
  drawn[name] = layer.getLayers().filter((each) => each.getElement()?.getAttribute("d")?.length > 5)
    .map((each) => each.feature.id).sort();
}
window.drawn = drawn;
