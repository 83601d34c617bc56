// What a drawn structure takes, in words: the fact sheet of the service, each finding with its evidence.

import { el } from "../page/dom.js";
import { HerePanel } from "../page/here_panel.js";
import { feet, number, say } from "./words.js";

const SQ_METERS_IN_SQ_FOOT = 0.09290341;

/** An area in square feet, with square metres beside. @param {number} sqft */
const area = (sqft) => say("{sqft} sq ft ({sqm} sq m)", { sqft: number(sqft), sqm: number(sqft * SQ_METERS_IN_SQ_FOOT, 1) });

export class StructureSheet extends HerePanel {
  /** @param {any} told the answer of POST /encroach */
  showSheet(told) {
    this.home.removeAttribute("aria-busy");
    this.home.replaceChildren(
      el("p", { class: `verdict ${told.answer ?? "undecided"}`, id: "draw-verdict" }, verdict(told)),
      ...(told.easement?.guard && told.answer === "yes" ? [el("p", { class: "alert" }, say("Verify the recorded easement before any letter: this one is modelled."))] : []),
      facts(told),
      el("h3", {}, say("Checks")),
      el("ul", { class: "cards" }, ...told.findings.map((/** @type {any} */ finding) => this.card(finding))),
    );
    this.press(told.findings[0] ?? null);
  }
}

/** The answer in one sentence. @param {any} told */
export function verdict({ answer, easement, taken, findings }) {
  if (answer === "yes" && taken.area_sqft > 0) return say("On an easement: takes {sqft} sq ft, {percent} % of {id}.", { sqft: number(taken.area_sqft), percent: number(taken.percent, 1), id: easement.id });
  if (answer === "yes") return say("On an easement: {distance} of it lie in {id}.", { distance: feet(taken.line_ft), id: easement.id });
  if (answer === "no" && easement) return say("On no easement: {distance} from {id}.", { distance: feet(easement.distance_ft), id: easement.id });
  if (answer === "no") return say("On no easement, and none is near.");
  return say("Undecided: {why}", { why: findings[0]?.undecided_because ?? "" });
}

/** @param {any} told */
function facts({ structure, parcels, easement, taken, pipe_clearance_ft: pipe }) {
  const size = { area: () => area(structure.area_sqft), line: () => feet(structure.length_ft), point: () => say("a point") }[/** @type {"area"} */ (structure.kind)]();
  const lines = [
    [say("Structure"), size],
    [say("Parcel"), parcels.map((/** @type {any} */ one) => [one.id, one.address].filter(Boolean).join(" · ")).join("; ") || say("none")],
    [say("Easement"), easement ? `${easement.id} (${easement.basis})` : null],
    ...takenLines(taken),
    [say("To the pipe"), pipe === null ? null : pipe === 0 ? say("It stands over the pipe.") : feet(pipe)],
  ].filter(([, value]) => value !== null);
  return el("dl", { id: "draw-facts" }, ...lines.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** @param {any} taken @returns {[string, string | null][]} */
function takenLines(taken) {
  if (!taken) return [];
  const free = taken.free_left_ft === null ? null : say("{left} on the left, {right} on the right, looking along the main", { left: feet(taken.free_left_ft), right: feet(taken.free_right_ft) });
  return [
    [say("Area taken"), taken.area_sqft > 0 ? say("{area}, {percent} % of the easement", { area: area(taken.area_sqft), percent: number(taken.percent, 1) }) : null],
    [say("Of all easements"), taken.all_easements_sqft > taken.area_sqft + 0.5 ? area(taken.all_easements_sqft) : null],
    [say("Length inside"), taken.line_ft > 0 ? feet(taken.line_ft) : null],
    [say("Depth"), feet(taken.depth_ft)],
    [say("Along and across"), say("{along} along, {across} across", { along: feet(taken.along_ft), across: feet(taken.across_ft) })],
    [say("Free width left"), free],
  ];
}
