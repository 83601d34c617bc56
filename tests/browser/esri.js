// The FeatureServer face by esri-leaflet: every layer of the service that it says it has, as feature layers.
const { service, lon, lat } = window.asked;
const address = `${service}/arcgis/rest/services/gis-ce/FeatureServer`;
const map = L.map("map", { renderer: L.svg() }).setView([Number(lat), Number(lon)], 17);
const about = await (await fetch(`${address}?f=json`)).json();
const drawn = {};
const counted = {};

await Promise.all(about.layers.map(({ id, name }) => new Promise((resolve, reject) => {
  const layer = L.esri.featureLayer({ url: `${address}/${id}`, pointToLayer: (_, at) => L.circleMarker(at) });
  layer.on("requesterror", (event) => reject(new Error(`${name}: ${event.message}`)));
  layer.once("load", () => {
    const ids = [];
    layer.eachFeature((each) => {
      if (each.getElement()?.getAttribute("d")?.length > 5) ids.push(each.feature.properties.id);
    });
    drawn[name.replace(/.*\((.*)\)$/, "$1").toLowerCase().replaceAll(" ", "_")] = ids.sort();
    layer.query().where("1=1").count((error, count) => {
      counted[name] = count;
      resolve();
    });
  });
  layer.addTo(map);
})));
window.counted = counted;
window.drawn = drawn;
