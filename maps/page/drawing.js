// Draws GeoJSON on a Leaflet map by the looks of style.yaml: casing, dash, hatch, symbol, arrow, label.

import { arrow, hatchFill, hatchOf, symbol } from "./shapes.js";

/* global L */

/** @typedef {import("./shapes.js").Look} Look */
/** @typedef {{kind?: string, label?: string, role?: string, modelled?: boolean, diameter_in?: number}} Told */

/**
 * @typedef {object} How
 * @property {string} [pane]
 * @property {any} [renderer] a canvas for many plain areas; hatches need the default
 * @property {(feature: any) => boolean} [isModelled]
 * @property {(feature: any) => string | undefined} [labelOf]
 * @property {boolean} [arrows]
 */

/**
 * Draws features into a group: casings, lines and areas, hatches, symbols, arrows, labels, in that order.
 * Nothing drawn takes clicks: the map does.
 * @param {any} group @param {any[]} features @param {Look} look @param {How} how
 */
export function draw(group, features, look, how = {}) {
  const points = features.filter((feature) => feature.geometry.type.endsWith("Point"));
  const shapes = features.filter((feature) => !feature.geometry.type.endsWith("Point"));
  const pane = how.pane ? { pane: how.pane } : {};
  drawShapes(group, shapes, look, how, pane);
  for (const feature of points) {
    pointsOf(feature).forEach((at) => mark(group, at, symbol(look), look.size, pane));
  }
  if (how.arrows) shapes.forEach((feature) => flow(group, feature, look, pane));
  for (const feature of how.labelOf ? features : []) {
    const text = how.labelOf?.(feature);
    if (text) group.addLayer(label(feature, text, look));
  }
}

/** @param {any} group @param {any[]} shapes @param {Look} look @param {How} how @param {object} pane */
function drawShapes(group, shapes, look, how, pane) {
  if (!shapes.length) return;
  const isModelled = how.isModelled ?? (() => false);
  const base = { ...pane, ...(how.renderer ? { renderer: how.renderer } : {}), interactive: false };
  const add = (/** @type {any[]} */ some, /** @type {(feature: any) => object} */ style) => {
    if (some.length) group.addLayer(L.geoJSON({ type: "FeatureCollection", features: some }, { ...base, style }));
  };
  if (look.casing) add(shapes, (one) => ({ color: look.casing, weight: widthOf(look, one.properties) + 3, fill: false }));
  add(shapes, (one) => strokeAndFill(look, one.properties, isModelled(one)));
  for (const modelled of [false, true]) {
    const hatch = hatchOf(look, modelled);
    const fill = hatch ? { stroke: false, fill: true, fillColor: hatchFill(hatch, look.colour), fillOpacity: 0.7 } : {};
    if (hatch) add(shapes.filter((one) => isModelled(one) === modelled), () => fill);
  }
}

/** @param {Look} look @param {Told & {status?: string}} told @param {boolean} modelled */
function strokeAndFill(look, told, modelled) {
  return {
    color: look.colour,
    weight: widthOf(look, told),
    opacity: GONE.includes(told?.status ?? "") ? 0.4 : 1,
    dashArray: (modelled && look.modelled_dash) || look.dash || null,
    lineCap: look.dash ? "butt" : "round",
    fill: Boolean(look.fill),
    fillColor: look.fill,
    fillOpacity: look.fill_opacity,
  };
}

const GONE = ["abandoned", "removed"];

/** Mains are as wide as their diameter says, within reason. @param {Look} look @param {Told} told */
function widthOf(look, told) {
  const inches = Number(told?.diameter_in);
  return inches > 0 && look.label ? look.width * Math.min(1.9, 0.65 + inches / 20) : look.width;
}

/** @param {any} group @param {[number, number]} at @param {Element} drawing @param {number} size @param {object} pane */
function mark(group, at, drawing, size, pane) {
  const icon = L.divIcon({ html: drawing, className: "map-mark", iconSize: [size, size] });
  group.addLayer(L.marker([at[1], at[0]], { icon, ...pane, interactive: false, keyboard: false }));
}

/** @param {any} group @param {any} feature @param {Look} look @param {object} pane */
export function flow(group, feature, look, pane) {
  if (!feature.geometry.type.endsWith("LineString")) return;
  const middle = middleOf(feature.geometry, 0.36);
  if (middle) mark(group, middle.at, arrow(look.colour, middle.degrees), 18, pane);
}

/**
 * A line cut down to what is in view, an area whose middle is in view; null for what cannot be labelled there.
 * @param {any} feature @param {any} view
 */
export function partInView(feature, view) {
  const { type, coordinates } = feature.geometry;
  if (!type.endsWith("LineString")) return view.contains(L.geoJSON(feature).getBounds().getCenter()) ? feature : null;
  const parts = type === "LineString" ? [coordinates] : coordinates;
  const seen = parts.flatMap((/** @type {number[][]} */ part) => runsInView(part, view));
  return seen.length ? { ...feature, geometry: { type: "MultiLineString", coordinates: seen } } : null;
}

/** The runs of a line's segments that meet the view, cut at its edge. @param {number[][]} part @param {any} view */
function runsInView(part, view) {
  const box = L.bounds([view.getWest(), view.getSouth()], [view.getEast(), view.getNorth()]);
  const runs = [];
  let run = null;
  for (let i = 1; i < part.length; i += 1) {
    const cut = L.LineUtil.clipSegment(L.point(part[i - 1]), L.point(part[i]), box);
    const [from, to] = cut ? cut.map((/** @type {any} */ at) => [at.x, at.y]) : [null, null];
    if (!from) run = null;
    else if (run && same(run.at(-1), from)) run.push(to);
    else runs.push((run = [from, to]));
  }
  return runs;
}

/** @param {number[]} one @param {number[]} other */
const same = (one, other) => one[0] === other[0] && one[1] === other[1];

/**
 * A label as text, at the middle of a line or of an area. Labels of layers give way to those of evidence.
 * @param {any} feature @param {string} text @param {Look} look @param {boolean} isLayer
 */
export function label(feature, text, look, isLayer = false) {
  const words = document.createElement("span");
  words.textContent = text;
  const kind = feature.geometry?.type ?? "";
  const middle = kind.endsWith("LineString") ? middleOf(feature.geometry) : null;
  const at = middle?.at ?? anchor(feature);
  words.className = kind.endsWith("Point") ? "beside" : sideOf(look, middle);
  const icon = L.divIcon({ html: words, className: "map-label", iconSize: [0, 0] });
  const drawn = L.marker([at[1], at[0]], { icon, pane: isLayer ? "layer-labels" : "labels", interactive: false, keyboard: false });
  drawn.importance = isLayer ? look.order - 1000 : look.order;
  drawn.sides = isLayer ? [] : SIDES;
  words.style.color = look.label_colour ?? look.colour;
  return drawn;
}

/**
 * A distance is often shorter than its label: beside a steep line, above a flat one, never on it.
 * @param {Look} look @param {any} middle
 */
function sideOf(look, middle) {
  if (!middle || look.width > 2) return "";
  return Math.abs(Math.sin((middle.degrees * Math.PI) / 180)) > 0.6 ? "beside" : "above";
}

/** @param {any} feature @returns {[number, number]} */
function anchor(feature) {
  const center = L.geoJSON(feature).getBounds().getCenter();
  return [center.lng, center.lat];
}

/** @param {any} feature @returns {[number, number][]} */
function pointsOf(feature) {
  const { type, coordinates } = feature.geometry;
  return type === "Point" ? [coordinates] : coordinates;
}

/** A point at half (or another share) of the longest part of a line, and where it leads there. @param {any} geometry */
export function middleOf(geometry, share = 0.5) {
  const parts = geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
  const measured = parts.map((/** @type {number[][]} */ part) => ({ part, length: lengthOf(part) }));
  const longest = measured.sort((/** @type {any} */ a, /** @type {any} */ b) => b.length - a.length)[0];
  if (!longest || longest.part.length === 0) return null;
  return along(longest.part, longest.length * share);
}

/** @param {number[][]} part @param {number} wanted */
function along(part, wanted) {
  let left = wanted;
  for (let i = 1; i < part.length; i += 1) {
    const [from, to] = [part[i - 1], part[i]];
    const step = lengthOf([from, to]);
    if (left <= step || i === part.length - 1) return between(from, to, step > 0 ? Math.min(1, left / step) : 0);
    left -= step;
  }
  return { at: /** @type {[number, number]} */ (part[0]), degrees: 0 };
}

/** @param {number[]} from @param {number[]} to @param {number} share */
function between(from, to, share) {
  const [east, north] = [to[0] - from[0], to[1] - from[1]];
  const degrees = (-Math.atan2(north, east * squeeze(from[1])) * 180) / Math.PI;
  return { at: /** @type {[number, number]} */ ([from[0] + share * east, from[1] + share * north]), degrees };
}

/** @param {number[][]} part */
function lengthOf(part) {
  let total = 0;
  for (let i = 1; i < part.length; i += 1) {
    const east = (part[i][0] - part[i - 1][0]) * squeeze(part[i][1]);
    total += Math.hypot(east, part[i][1] - part[i - 1][1]);
  }
  return total;
}

/** How much shorter a degree of longitude is. @param {number} latitude */
const squeeze = (latitude) => Math.cos((latitude * Math.PI) / 180);

const SIDES = ["", "above", "below", "beside", "left"];

/**
 * Moves each label aside until it covers neither a mark nor a more important label; hides it where none is free.
 * @param {any[]} layers markers: those with `importance` are labels, the others marks
 */
export function declutter(layers) {
  const elements = layers.map((layer) => ({ layer, words: layer.getElement?.()?.firstElementChild })).filter((one) => one.words);
  const taken = elements.filter((one) => one.layer.importance === undefined).map((one) => one.words.getBoundingClientRect());
  const labels = elements.filter((one) => one.layer.importance !== undefined);
  labels.sort((a, b) => b.layer.importance - a.layer.importance);
  for (const { layer, words } of labels) {
    layer.side ??= words.className;
    const side = [layer.side, ...layer.sides].find((name) => isFree(words, name, taken));
    words.style.visibility = side === undefined ? "hidden" : "";
    if (side !== undefined) taken.push(words.getBoundingClientRect());
  }
}

/** @param {HTMLElement} words @param {string} side @param {DOMRect[]} taken */
function isFree(words, side, taken) {
  words.className = side;
  const box = words.getBoundingClientRect();
  return !taken.some((other) => overlap(box, other));
}

/** @param {DOMRect} a @param {DOMRect} b */
function overlap(a, b) {
  return a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom + 1 && b.top < a.bottom + 1;
}

/** Makes the panes that labels and evidence need, above everything else. @param {any} map */
export function preparePanes(map) {
  for (const [name, level] of [["evidence-areas", 370], ["layer-labels", 610], ["evidence", 620], ["labels", 660]]) {
    if (map.getPane(name)) continue;
    map.createPane(name).style.zIndex = String(level);
    map.getPane(name).style.pointerEvents = "none";
  }
}
