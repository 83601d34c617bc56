// Marks and patterns, drawn when the map first wants them: there is no sprite file.

import { svg, symbol } from "../page/shapes.js";

/** @typedef {import("./case_store.js").Row} Row */
/** @typedef {import("../page/shapes.js").Look} Look */

/** Shape and colour of the four slots, the first the worst: colour is never alone. */
export const SLOTS = [
  { colour: "#7a0019", name: "octagon", sides: 8, turn: Math.PI / 8 },
  { colour: "#8a4500", name: "diamond", sides: 4, turn: 0 },
  { colour: "#24455c", name: "square", sides: 4, turn: Math.PI / 4 },
  { colour: "#4f5d66", name: "circle", sides: 0, turn: 0 },
];
const SCALE = 2;
const HATCH_PX = 12;

/** The mark of a case as an element. @param {Row} row @param {string} colour by `priority` or `age` */
export function caseMark(row, colour) {
  const mark = drawnCase(colour === "age" ? row.ageSlot : row.slot, row.letters, row.overdue, row.status !== "open");
  mark.classList.add("case-mark");
  return mark;
}

/** The name under which the map asks for that mark. @param {Row} row @param {string} colour */
export function caseImage(row, colour) {
  const flags = `${row.overdue ? "o" : ""}${row.status === "open" ? "" : "c"}`;
  return `case|${colour === "age" ? row.ageSlot : row.slot}|${row.letters}|${flags}`;
}

/** @param {number} slot @param {string} letters @param {boolean} overdue @param {boolean} closed */
export function drawnCase(slot, letters, overdue, closed) {
  const { colour, sides, turn } = SLOTS[slot - 1];
  const size = closed ? 22 : 34;
  const paint = closed ? { fill: "#fff", stroke: colour, "stroke-width": 2.4 } : { fill: colour, stroke: "#fff", "stroke-width": 1.6 };
  const body = sides ? svg("path", { d: corners(sides, turn, sides === 4 && turn ? 15 : 13), ...paint }) : svg("circle", { r: 11.5, ...paint });
  const ring = overdue ? [svg("circle", { r: 16.5, fill: "none", stroke: "#111", "stroke-width": 1.6, "stroke-dasharray": "4 2" })] : [];
  const text = svg("text", { "text-anchor": "middle", y: 3.8, "font-size": 10.5, "font-weight": 700, "font-family": "system-ui, sans-serif", fill: closed ? colour : "#fff" });
  text.textContent = letters;
  return svg("svg", { viewBox: "-18 -18 36 36", width: size, height: size, "aria-hidden": "true" }, ...ring, body, text);
}

/** @param {number} sides @param {number} turn @param {number} radius */
function corners(sides, turn, radius) {
  const points = Array.from({ length: sides }, (_, at) => (2 * Math.PI * at) / sides + turn);
  return `M${points.map((angle) => `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`).join("L")}Z`;
}

/**
 * Draws what the map asks for by name: `case|...`, `look|section|name`, `hatch|kind|colour`, `arrow|colour`.
 * @param {any} map @param {Record<string, Record<string, Look>>} style
 */
export function drawWhenAsked(map, style) {
  map.setMissingStyleImageResolver(async (/** @type {string} */ id) => {
    const [kind, ...rest] = id.split("|");
    if (kind === "hatch") map.addImage(id, hatch(rest[0], rest[1]), { pixelRatio: SCALE });
    if (kind === "arrow") await addSvg(map, id, arrow(rest[0]));
    if (kind === "case") await addSvg(map, id, drawnCase(Number(rest[0]), rest[1], rest[2].includes("o"), rest[2].includes("c")));
    if (kind === "look") await addSvg(map, id, symbol(style[rest[0]][rest[1]]));
  });
}

/** @param {any} map @param {string} id @param {any} element */
async function addSvg(map, id, element) {
  const [width, height] = [Number(element.getAttribute("width")), Number(element.getAttribute("height"))];
  const image = new Image(width * SCALE, height * SCALE);
  element.setAttribute("width", String(width * SCALE));
  element.setAttribute("height", String(height * SCALE));
  element.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(element))}`;
  await image.decode();
  if (!map.hasImage(id)) map.addImage(id, image, { pixelRatio: SCALE });
}

/** @param {string} colour */
const arrow = (colour) =>
  svg("svg", { viewBox: "-7 -7 14 14", width: 14, height: 14 }, svg("path", { d: "M-4 -5 L5 0 L-4 5 Z", fill: colour, stroke: "#fff", "stroke-width": 1.2 }));

/** @param {string} kind @param {string} colour */
function hatch(kind, colour) {
  const side = HATCH_PX * SCALE;
  const canvas = new OffscreenCanvas(side, side);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 1.3 * SCALE;
  if (kind === "dots") dots(pen, side);
  else strokes(pen, side, kind === "cross");
  return pen.getImageData(0, 0, side, side);
}

/** @param {OffscreenCanvasRenderingContext2D} pen @param {number} side */
function dots(pen, side) {
  for (const [x, y] of [[0.25, 0.25], [0.75, 0.75]]) {
    pen.beginPath();
    pen.arc(x * side, y * side, 1.2 * SCALE, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** Lines at 45 degrees that go on from tile to tile. @param {OffscreenCanvasRenderingContext2D} pen @param {number} side @param {boolean} crossed */
function strokes(pen, side, crossed) {
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift, side);
    pen.lineTo(shift + side, 0);
    if (crossed) {
      pen.moveTo(shift, 0);
      pen.lineTo(shift + side, side);
    }
  }
  pen.stroke();
}
