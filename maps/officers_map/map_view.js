// The map itself: made once, and the page goes on without it where a browser cannot draw it.

import { GeolocateControl, Map as MapOfTown, NavigationControl, ScaleControl } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { byId } from "../page/dom.js";
import { drawWhenAsked } from "./images.js";
import { say } from "./words.js";

const MOUSE_PX = 6;
const FINGER_PX = 22;
const EDGE_PX = 40;
const KEEP_DEGREES = 0.0006;

/** The words of MapLibre's own controls. */
const CONTROLS = {
  "Map.Title": say("Map of the town and its cases"),
  "NavigationControl.ZoomIn": say("Zoom in"),
  "NavigationControl.ZoomOut": say("Zoom out"),
  "GeolocateControl.FindMyLocation": say("Find my location"),
  "GeolocateControl.LocationNotAvailable": say("Location not available"),
  "ScaleControl.Feet": "ft",
  "ScaleControl.Miles": say("mi"),
};

/**
 * The map, or null where the browser has no WebGL 2.
 * @param {any} style @param {any} looks @param {[number, number, number, number]} extent
 * @returns {MapView | null}
 */
export function makeMap(style, looks, extent) {
  try {
    const [west, south, east, north] = extent;
    const map = new MapOfTown({
      container: byId("map"),
      style,
      bounds: [[west, south], [east, north]],
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 22,
      fadeDuration: 0,
      locale: CONTROLS,
    });
    return new MapView(map, looks);
  } catch (error) {
    console.warn(`No map: ${/** @type {Error} */ (error).message}`);
    return null;
  }
}

export class MapView {
  /** @param {any} map @param {any} looks */
  constructor(map, looks) {
    this.map = map;
    this.covered = () => 0;
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.locate = new GeolocateControl({ positionOptions: { enableHighAccuracy: true }, trackUserLocation: true, fitBoundsOptions: { maxZoom: 19, animate: !isCalm() } });
    map.addControl(this.locate, "top-right");
    map.addControl(new ScaleControl({ unit: "imperial", maxWidth: 120 }), "bottom-right");
    drawWhenAsked(map, looks);
  }

  /** When the style is there and layers can be added. */
  loaded() {
    return new Promise((resolve) => (this.map.loaded() ? resolve(null) : this.map.once("load", () => resolve(null))));
  }

  /** Whether a position lies in the part of the map that is not covered. @param {{lon: number | null, lat: number | null}} at */
  sees(at) {
    const bounds = this.map.getBounds();
    return at.lon !== null && at.lat !== null && bounds.contains([at.lon, at.lat]);
  }

  /** What lies within reach of a finger or the mouse. @param {any} event @param {string[]} layers */
  picked(event, layers) {
    const reach = event.originalEvent?.pointerType === "touch" || matchMedia("(pointer: coarse)").matches ? FINGER_PX : MOUSE_PX;
    const { x, y } = event.point;
    return this.map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers });
  }

  /** Moves so that all of a box lies in the free part. @param {[number, number, number, number]} box in degrees */
  fit(box) {
    const [west, south, east, north] = widened(box);
    const padding = { top: EDGE_PX, left: EDGE_PX, right: EDGE_PX + 44, bottom: EDGE_PX + this.covered() };
    this.map.fitBounds([[west, south], [east, north]], { padding, maxZoom: 19, animate: !isCalm() });
  }

  /** Shifts the map, where the sheet covers a place. @param {[number, number]} at longitude and latitude */
  uncover(at) {
    const below = this.map.project(at).y - (this.map.getContainer().clientHeight - this.covered() - EDGE_PX);
    if (this.covered() && below > 0) this.map.panBy([0, below], { animate: false });
  }

  /** @param {number} lon @param {number} lat @param {number} zoom */
  go(lon, lat, zoom) {
    this.map.easeTo({ center: [lon, lat], zoom, offset: [0, -this.covered() / 2], animate: !isCalm() });
  }
}

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A point has no size: some feet around it are shown. @param {[number, number, number, number]} box */
function widened([west, south, east, north]) {
  const wide = Math.max(0, (KEEP_DEGREES - (east - west)) / 2);
  const high = Math.max(0, (KEEP_DEGREES / 2 - (north - south)) / 2);
  return [west - wide, south - high, east + wide, north + high];
}

/** The box of GeoJSON features; null where none has a geometry. @param {any[]} features @returns {[number, number, number, number] | null} */
export function boxOf(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (/** @type {any} */ part) => {
    if (typeof part[0] !== "number") return part.forEach(take);
    box[0] = Math.min(box[0], part[0]);
    box[1] = Math.min(box[1], part[1]);
    box[2] = Math.max(box[2], part[0]);
    box[3] = Math.max(box[3], part[1]);
  };
  features.forEach((feature) => feature.geometry?.coordinates && take(feature.geometry.coordinates));
  return Number.isFinite(box[0]) ? /** @type {[number, number, number, number]} */ (box) : null;
}
