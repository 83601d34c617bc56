// The day sheet: numbered stops and the way between them.

import { preparePanes } from "./drawing.js";

/* global L */

/**
 * @param {any} map @param {any} stops @param {any} way
 */
export function showStops(map, stops, way) {
  preparePanes(map);
  const group = L.featureGroup().addTo(map);
  if (way) L.geoJSON(way, { interactive: false, style: { color: "#24455c", weight: 2, dashArray: "6 6" } }).addTo(group);
  for (const stop of stops.features) {
    const [lon, lat] = stop.geometry.coordinates;
    const mark = document.createElement("span");
    mark.className = stop.properties.overdue ? "stop late" : "stop";
    mark.textContent = String(stop.properties.stop);
    L.marker([lat, lon], { icon: L.divIcon({ html: mark, className: "", iconSize: [28, 28] }), keyboard: false, interactive: false }).addTo(group);
  }
  map.fitBounds(group.getBounds(), { padding: [32, 32], maxZoom: 18, animate: false });
  legend();
}

function legend() {
  const list = document.getElementById("legend");
  const rows = [["stop", "Stop, in the order of the way"], ["stop late", "Overdue"]].map(([kind, text]) => {
    const mark = document.createElement("span");
    mark.className = kind;
    const row = document.createElement("li");
    row.append(mark, text);
    return row;
  });
  list?.replaceChildren(...rows);
}
