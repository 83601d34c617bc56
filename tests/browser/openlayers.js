// Vector tiles by the OGC path, and cases as GeoJSON: the features that OpenLayers finds under the pixels of its map.
const { service, lon, lat } = window.asked;
const collections = `${service}/ogc/collections`;
const tiles = (name) => new ol.layer.VectorTile({
  properties: { name },
  declutter: false,
  source: new ol.source.OGCVectorTile({
    url: `${collections}/${name}/tiles/WebMercatorQuad`,
    format: new ol.format.MVT({ idProperty: "id" }),
  }),
});
const cases = new ol.layer.Vector({
  properties: { name: "cases" },
  source: new ol.source.Vector({ url: `${collections}/cases/items?f=json`, format: new ol.format.GeoJSON() }),
});
const map = new ol.Map({
  target: "map",
  controls: [],
  layers: [...["parcels", "water_mains", "hydrants"].map(tiles), cases],
  view: new ol.View({ center: ol.proj.fromLonLat([Number(lon), Number(lat)]), zoom: 16.5 }),
});
map.on("rendercomplete", async () => {
  const drawn = {};
  for (const layer of map.getLayers().getArray()) {
    const name = layer.get("name");
    const found = name === "cases"
      ? layer.getSource().getFeatures()
      : layer.getFeaturesInExtent(map.getView().calculateExtent());
    drawn[name] = [...new Set(found.filter((each) => each.getGeometry().getExtent().every(Number.isFinite))
      .map((each) => String(each.getId())))].sort();
  }
  if (drawn.cases.length && drawn.parcels.length) window.drawn = drawn;
});
