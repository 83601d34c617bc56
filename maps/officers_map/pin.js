// A pin that says where: put down by hand or at the crosshair, dragged, or set where the phone says that it is.

import { Marker } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { svg } from "../page/shapes.js";
import { el } from "../page/dom.js";
import { say } from "./words.js";

/** @typedef {{lon: number, lat: number, sigma_ft: number, how: "map" | "gps"}} Placed how good it is: one sigma on one axis, in feet */

const METERS_IN_FOOT = 0.3048;
/** Meters of one pixel at zoom 0 on the equator, with tiles of 512 pixels. */
const METERS_IN_PIXEL = 78_271.517;
const MOUSE_PX = 3;
const FINGER_PX = 10;
const LEAST_FT = 1;
const WITHOUT_MAP_FT = 10;

export class Pin {
  /** @param {import("./map_view.js").MapView} view @param {(placed: Placed) => void} told is told each time that it is put down */
  constructor(view, told) {
    this.view = view;
    this.told = told;
    const element = el("div", { class: "pin", role: "img", "aria-label": say("The pin") }, drop());
    this.marker = new Marker({ element, draggable: true, anchor: "bottom" });
    this.marker.on("dragend", () => this.put(this.marker.getLngLat()));
  }

  /** Puts it down by hand: as good as one can point at this zoom, never as good as a receiver. @param {{lng: number, lat: number}} at */
  put(at) {
    this.show(at);
    this.told({ lon: at.lng, lat: at.lat, sigma_ft: handSigma(this.view, at.lat), how: "map" });
  }

  /** Sets it where a receiver says. @param {import("./locate.js").Fix} fix */
  fix(fix) {
    const at = { lng: fix.lon, lat: fix.lat };
    this.show(at);
    this.view.go(fix.lon, fix.lat, Math.max(this.view.map.getZoom(), 18));
    this.told({ lon: fix.lon, lat: fix.lat, sigma_ft: fix.sigma_ft, how: "gps" });
  }

  /** Shows it without telling. @param {{lng: number, lat: number}} at */
  show(at) {
    this.marker.setLngLat(at).addTo(this.view.map);
  }

  remove() {
    this.marker.remove();
  }

}

/**
 * How well one can point by hand at the present zoom: one sigma in feet, in halves.
 * @param {import("./map_view.js").MapView | null} view null where there is no map to point at @param {number} lat
 */
export function handSigma(view, lat) {
  if (view === null) return WITHOUT_MAP_FT;
  const reach = matchMedia("(pointer: coarse)").matches ? FINGER_PX : MOUSE_PX;
  const feetInPixel = (METERS_IN_PIXEL * Math.cos((lat * Math.PI) / 180)) / 2 ** view.map.getZoom() / METERS_IN_FOOT;
  return Math.max(LEAST_FT, Math.ceil(reach * feetInPixel * 2) / 2);
}

function drop() {
  const shape = { d: "M0 -1 C-10 -16 -14 -22 -14 -30 A14 14 0 0 1 14 -30 C14 -22 10 -16 0 -1 Z", fill: "#c2187a", stroke: "#fff", "stroke-width": 2 };
  return svg("svg", { viewBox: "-22 -46 44 46", width: 44, height: 46, "aria-hidden": "true" }, svg("path", shape), svg("circle", { cx: 0, cy: -30, r: 5, fill: "#fff" }));
}
