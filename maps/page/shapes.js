// Small drawings made as elements, never as text: symbols, arrows, swatches, hatches.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {object} Look How one role or kind of evidence is drawn; see style.yaml.
 * @property {string} title
 * @property {string} colour
 * @property {number} order
 * @property {number} width
 * @property {string} [dash]
 * @property {string} [casing]
 * @property {string} [fill]
 * @property {number} fill_opacity
 * @property {string} [hatch]
 * @property {string} [modelled_hatch]
 * @property {string} [modelled_dash]
 * @property {string} [symbol]
 * @property {string} [letter]
 * @property {number} size
 * @property {boolean} arrows
 * @property {string[]} [label]
 * @property {string} [label_colour]
 * @property {boolean} label_always
 * @property {number} min_zoom
 * @property {number} label_zoom
 * @property {string} set
 * @property {boolean} shown
 */

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {Element[]} children
 */
export function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** The symbol of a point, `size` pixels wide. @param {Look} look */
export function symbol(look) {
  /** @type {Record<string, (look: Look) => SVGElement[]>} */
  const kinds = { disc, ring, bow_tie: bowTie, square, dot, target, cross };
  const parts = kinds[look.symbol ?? "dot"]?.(look) ?? [];
  const box = { viewBox: "-10 -10 20 20", width: look.size, height: look.size, "aria-hidden": "true" };
  return svg("svg", box, ...parts, ...letter(look));
}

/** @param {Look} look */
const disc = (look) => [svg("circle", { r: 9, fill: look.colour, stroke: "#fff", "stroke-width": 1.6 })];
/** @param {Look} look */
const ring = (look) => [svg("circle", { r: 8.2, fill: "#fff", stroke: look.colour, "stroke-width": 2.6 })];
/** @param {Look} look */
const square = (look) => [
  svg("rect", { x: -8, y: -8, width: 16, height: 16, rx: 2, fill: "#fff", stroke: look.colour, "stroke-width": 2.4 }),
];
/** @param {Look} look */
const dot = (look) => [svg("circle", { r: 8, fill: look.colour, stroke: "#fff", "stroke-width": 3 })];
/** @param {Look} look */
const bowTie = (look) => [
  svg("path", {
    d: "M-9 -6 L9 6 L9 -6 L-9 6 Z",
    fill: look.colour,
    stroke: "#fff",
    "stroke-width": 1.4,
    "stroke-linejoin": "round",
  }),
];
/** @param {Look} look */
const target = (look) => [
  svg("circle", { r: 6, fill: "none", stroke: "#fff", "stroke-width": 4.5 }),
  svg("path", { d: "M0 -10 V-3 M0 3 V10 M-10 0 H-3 M3 0 H10", stroke: "#fff", "stroke-width": 4.5 }),
  svg("circle", { r: 6, fill: "none", stroke: look.colour, "stroke-width": 2 }),
  svg("path", { d: "M0 -10 V-3 M0 3 V10 M-10 0 H-3 M3 0 H10", stroke: look.colour, "stroke-width": 2 }),
];

/** @param {Look} look */
const cross = (look) => [
  svg("path", { d: "M-7 -7 L7 7 M-7 7 L7 -7", stroke: "#fff", "stroke-width": 6.5, "stroke-linecap": "round" }),
  svg("path", { d: "M-7 -7 L7 7 M-7 7 L7 -7", stroke: look.colour, "stroke-width": 3.4, "stroke-linecap": "round" }),
];

/** @param {Look} look */
function letter(look) {
  if (!look.letter) return [];
  const text = svg("text", {
    y: 4,
    "text-anchor": "middle",
    "font-size": 11.5,
    "font-weight": 700,
    "font-family": "system-ui, sans-serif",
    fill: look.symbol === "disc" ? "#fff" : look.colour,
  });
  text.textContent = look.letter;
  return [text];
}

/** An arrow head that points along a line. @param {string} colour @param {number} degrees clockwise from east */
export function arrow(colour, degrees) {
  const head = svg("path", {
    d: "M-5 -5 L6 0 L-5 5 Z",
    fill: colour,
    stroke: "#fff",
    "stroke-width": 1.4,
    transform: `rotate(${degrees})`,
  });
  return svg("svg", { viewBox: "-10 -10 20 20", width: 18, height: 18, "aria-hidden": "true" }, head);
}

/** What stands in a legend for a look. @param {Look} look @param {boolean} modelled */
export function swatch(look, modelled = false) {
  if (look.symbol) {
    const mark = symbol({ ...look, size: 20 });
    mark.setAttribute("class", "swatch");
    return mark;
  }
  const dash = (modelled && look.modelled_dash) || look.dash;
  const stroke = { stroke: look.colour, "stroke-width": Math.max(look.width, 1.4), ...(dash ? { "stroke-dasharray": dash } : {}) };
  const parts = look.fill ? areaSwatch(look, stroke, modelled) : lineSwatch(look, stroke);
  return svg("svg", { viewBox: "0 0 34 20", width: 34, height: 20, class: "swatch", "aria-hidden": "true" }, ...parts);
}

/** @param {Look} look @param {Record<string, string | number>} stroke @param {boolean} modelled */
function areaSwatch(look, stroke, modelled) {
  const box = { x: 2, y: 2, width: 30, height: 16, rx: 2 };
  const hatch = hatchOf(look, modelled);
  const tint = svg("rect", { ...box, ...stroke, fill: look.fill ?? "none", "fill-opacity": look.fill_opacity });
  return hatch ? [tint, svg("rect", { ...box, fill: hatchFill(hatch, look.colour) })] : [tint];
}

/** @param {Look} look @param {Record<string, string | number>} stroke */
function lineSwatch(look, stroke) {
  const line = { x1: 1, y1: 10, x2: 33, y2: 10 };
  const under = { ...line, stroke: look.casing ?? "none", "stroke-width": look.width + 2.5 };
  const parts = [...(look.casing ? [svg("line", under)] : []), svg("line", { ...line, ...stroke })];
  return look.arrows ? [...parts, svg("path", { d: "M14 5 L24 10 L14 15 Z", fill: look.colour, stroke: "#fff" })] : parts;
}

/** @param {Look} look @param {boolean} modelled */
export function hatchOf(look, modelled) {
  return modelled ? (look.modelled_hatch ?? look.hatch) : look.hatch;
}

/** A fill that refers to a hatch pattern of the page, made on first use. @param {string} kind @param {string} colour */
export function hatchFill(kind, colour) {
  const id = `hatch-${kind}-${colour.replace("#", "")}`;
  if (!document.getElementById(id)) hatches().append(pattern(kind, colour, id));
  return `url(#${id})`;
}

function hatches() {
  const found = document.getElementById("hatches");
  if (found) return found;
  const home = svg("svg", { id: "hatches", width: 0, height: 0, "aria-hidden": "true", style: "position:absolute" });
  document.body.append(home);
  return home;
}

/** @param {string} kind @param {string} colour @param {string} id */
function pattern(kind, colour, id) {
  const line = { stroke: colour, "stroke-width": 1.4 };
  const marks = {
    diagonal: [svg("line", { x1: 0, y1: 0, x2: 0, y2: 9, ...line })],
    cross: [svg("line", { x1: 0, y1: 0, x2: 0, y2: 9, ...line }), svg("line", { x1: 0, y1: 0, x2: 9, y2: 0, ...line })],
    dots: [svg("circle", { cx: 3, cy: 3, r: 1.1, fill: colour })],
  }[kind];
  const box = { id, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  return svg("pattern", box, ...(marks ?? []));
}

/** The kinds of evidence that must be in view for it to be read: not the whole of a long main or street. */
export const FOCUSED_KINDS = ["site", "structure", "distance", "encroached", "address"];

/**
 * The look of a piece of evidence, in the hue of its role where water and sewer differ; `image` says whose symbol it has.
 * @param {{roles: Record<string, Look>, evidence: Record<string, Look>}} style @param {any} feature
 * @returns {Look & {image: string}}
 */
export function evidenceLook(style, feature) {
  const { kind, role } = feature.properties;
  const known = kind in style.evidence ? kind : "facility";
  const look = { ...style.evidence[known], image: `evidence|${known}` };
  const own = style.roles[role];
  if (!own || !["main", "facility", "zone", "clearance"].includes(kind)) return look;
  if (kind === "zone" || kind === "clearance") return { ...look, colour: own.colour, fill: own.colour };
  const point = own.symbol ? { symbol: own.symbol, letter: own.letter, size: own.size + 2, image: `roles|${role}` } : { symbol: undefined };
  return { ...look, colour: own.colour, dash: own.dash, ...point };
}
