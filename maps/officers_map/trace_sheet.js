// A trace in words: what was found, everything that makes it doubtful, and the parcels. The list is the map in words.

import { el } from "../page/dom.js";
import { feet, number, say, several, term, titled } from "./words.js";

const FIRST = 60;

/** The sheet of a trace of sewers. @param {any} trace @param {any} parcels or null where they cannot be told @param {string} why @param {string} csv */
export function traceSheet(trace, parcels, why, csv) {
  const certain = trace.certain && (parcels?.certain ?? true);
  return [
    el("p", { class: `verdict ${certain ? "no" : "undecided"}`, id: "trace-verdict" }, traceVerdict(trace, parcels)),
    doubts(parcels ? parcels.doubts : trace.doubts),
    list([
      [say("Start"), trace.start.told],
      [say("Mains"), say("{n}, {length}", { n: number(trace.segments.length), length: feet(trace.length_ft) })],
      [say("Manholes"), number(trace.manholes.length)],
      [say("May belong to it"), trace.possible_segments.length ? say("{n}, {length}", { n: number(trace.possible_segments.length), length: feet(trace.possible_length_ft) }) : null],
      [say("Direction unknown"), names(trace.unknown_directions)],
      [say("Against each other"), names(trace.contradictions)],
      [say("Gaps"), trace.gaps.map(missed).join("; ") || null],
      [say("Ends on a line"), trace.unjoined_ends.map(missed).join("; ") || null],
      [say("Flow splits"), trace.splits.join(", ") || null],
      [say("Ends at"), trace.kind === "downstream" ? trace.ends.join(", ") : null],
    ]),
    ...trace.notes.map((/** @type {string} */ note) => el("p", { class: "quiet", lang: "en" }, note)),
    ...sides(trace.sides),
    ...(parcels ? parcelList(parcels, csv) : [el("p", { class: "quiet" }, why)]),
    folded(say("Mains, one by one"), trace.segments.map((/** @type {any} */ one) => say("{name}: {length}, direction {how}", { name: one.name, length: feet(one.length_ft), how: one.direction }))),
  ];
}

/** @param {any} trace @param {any} parcels */
export function traceVerdict(trace, parcels) {
  const found = say("{mains}, {length}", { mains: several(trace.segments.length, "{n} main", "{n} mains"), length: feet(trace.length_ft) });
  const mail = parcels ? `, ${several(parcels.parcels.length, "{n} parcel to mail", "{n} parcels to mail")}` : "";
  const sure = trace.certain ? "." : say(". This is not the whole answer: see why.");
  return `${trace.kind === "upstream" ? say("Upstream: ") : say("Downstream: ")}${found}${mail}${sure}`;
}

/** The sheet of a shut-off. @param {any} told */
export function isolationSheet(told) {
  const out = told.without_water;
  return [
    el("p", { class: `verdict ${told.doubts.length ? "undecided" : "no"}`, id: "trace-verdict" }, isolationVerdict(told)),
    doubts(told.doubts),
    list([
      [say("Start"), told.start.told],
      [say("Close"), names(told.close) ?? say("none")],
      [say("Closed already"), names(told.closed_already)],
      [say("Cannot be used"), names(told.unusable)],
      [say("Without water"), say("{mains}, {length}, {meters}", { mains: several(out.segments.length, "{n} main", "{n} mains"), length: feet(out.length_ft), meters: several(out.meters.length, "{n} meter", "{n} meters") })],
      [say("Hydrants out"), names(out.hydrants)],
      [say("Beyond it"), out.beyond_segments.length ? say("{mains}, {length}, {meters}", { mains: several(out.beyond_segments.length, "{n} main", "{n} mains"), length: feet(out.beyond_length_ft), meters: several(out.beyond_meters.length, "{n} meter", "{n} meters") }) : null],
      [say("Next ring"), names(told.next_ring.close)],
    ]),
    folded(say("If a valve does not close"), told.if_a_valve_fails.map((/** @type {any} */ one) => say("{valve}: close {more} too, {length} more", { valve: one.valve.name, more: names(one.also_close) ?? say("none"), length: feet(one.more_length_ft) }))),
    folded(say("Meters without water"), out.meters.map((/** @type {any} */ one) => one.name)),
  ];
}

/** @param {any} told */
export function isolationVerdict(told) {
  const close = told.close.length ? several(told.close.length, "Close {n} valve: ", "Close {n} valves: ") + names(told.close) : say("There is no valve to close");
  return `${close}. ${say("{mains}, {length} without water.", { mains: several(told.without_water.segments.length, "{n} main", "{n} mains"), length: feet(told.without_water.length_ft) })}`;
}

/** @param {any} parcels @param {string} csv */
function parcelList({ parcels, left_out: leftOut }, csv) {
  const row = (/** @type {any} */ one) =>
    el("li", {}, el("strong", {}, one.address ?? one.parcel_id), el("span", { class: "case-facts" }, say("{parcel} · main {main} · by {tie}, {sure}", { parcel: one.parcel_id, main: one.main, tie: term(one.tie), sure: term(one.confidence) })));
  const home = el("ol", { class: "parcels", id: "trace-parcels" }, ...parcels.slice(0, FIRST).map(row));
  const all = el("button", { type: "button", class: "preset", click: () => (home.append(...parcels.slice(FIRST).map(row)), all.remove()) }, say("Show all {n}", { n: number(parcels.length) }));
  if (!parcels.length) return [];
  return [
    el("h3", {}, say("Parcels to mail: {n}", { n: number(parcels.length) })),
    el("p", { class: "links" }, el("a", { class: "preset", href: csv, download: "parcels.csv", id: "trace-csv" }, say("Download as CSV"))),
    home,
    ...(parcels.length > FIRST ? [all] : []),
    leftOut === 0 ? null : el("p", { class: "quiet" }, several(leftOut, "{n} neighbour is not on the line.", "{n} neighbours are not on the line.")),
  ];
}

/** @param {string[]} said */
const doubts = (said) => (said.length ? el("div", { class: "alert", id: "trace-doubts", lang: "en" }, el("ul", {}, ...said.map((one) => el("li", {}, one)))) : null);

/** @param {any[]} some */
const sides = (some) => (some.length ? [folded(say("What lies beyond mains of unknown direction"), some.map((side) => side.sentence))] : []);

/** @param {string} title @param {string[]} lines */
const folded = (title, lines) => (lines.length ? el("details", {}, el("summary", {}, `${title} (${number(lines.length)})`), el("ul", {}, ...lines.map((line) => el("li", {}, line)))) : null);

/** @param {{name: string}[]} some */
const names = (some) => some.map((one) => one.name).join(", ") || null;

/** @param {any} joint */
const missed = (joint) => say("{end} and {other}, {apart} apart", { end: joint.end_of.name, other: joint.beside.name, apart: feet(joint.apart_ft) });

/** @param {[string, string | null][]} lines */
const list = (lines) => el("dl", { id: "trace-facts" }, ...lines.filter(([, value]) => value !== null).flatMap(([name, value]) => [el("dt", {}, titled(name)), el("dd", {}, value)]));
