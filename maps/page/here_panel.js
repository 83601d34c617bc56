// "What is here": the answer about one place in words; the finding that is chosen is drawn on the map.

import { feet, number, say, term } from "../officers_map/words.js";
import { byId, el } from "./dom.js";

/** @typedef {{check: string, question: string, answer: string | null, undecided_because: string | null,
 *   margin_ft: number | null, probability: number | null, feature_id: string | null, sentence: string,
 *   rule: {id: string, citation: string, text: string, status?: string} | null, evidence: any}} Finding */

export class HerePanel {
  /** @param {(finding: Finding | null) => void} choose draws the evidence of a finding, or of none @param {any} [home] where it is told */
  constructor(choose, home = byId("here")) {
    this.choose = choose;
    this.home = home;
    this.empty = [...this.home.childNodes];
  }

  /** @param {string} text */
  wait(text) {
    this.home.setAttribute("aria-busy", "true");
    this.home.replaceChildren(el("p", { class: "quiet" }, text));
  }

  /** @param {string} text */
  fail(text) {
    this.home.removeAttribute("aria-busy");
    this.home.replaceChildren(el("p", { class: "alert", role: "alert" }, text));
  }

  /** @param {any} told the answer of GET /here */
  show(told) {
    this.home.removeAttribute("aria-busy");
    const cards = told.findings.map((/** @type {Finding} */ finding) => this.card(finding));
    this.home.replaceChildren(
      el("h2", { class: "place", tabindex: "-1" }, titleOf(told)),
      el("p", { class: "quiet" }, `${told.lon.toFixed(6)}, ${told.lat.toFixed(6)} · E ${number(told.easting_ft)} N ${number(told.northing_ft)} ft`),
      facts(told),
      el("h3", {}, say("Checks")),
      el("ul", { class: "cards" }, ...cards.map((/** @type {any} */ card) => card)),
      ...nearest(told.nearest),
      ...versions(told.layers),
    );
    const first = told.findings.find((/** @type {Finding} */ finding) => drawable(finding));
    this.press(first ?? null);
  }

  /** @param {Finding} finding */
  card(finding) {
    const able = drawable(finding);
    const button = el(
      able ? "button" : "div",
      { class: "finding", "data-check": finding.check, ...(able ? { type: "button", "aria-pressed": "false", click: () => this.press(finding) } : {}) },
      el("span", { class: "question" }, finding.question),
      el("span", { class: "result" }, ...result(finding)),
    );
    return el("li", { class: "card" }, button, el("p", { class: "sentence", lang: "en" }, finding.sentence), ruleNote(finding.rule));
  }

  /** @param {Finding | null} finding */
  press(finding) {
    for (const button of this.home.querySelectorAll("[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.dataset.check === finding?.check));
    }
    this.choose(finding);
  }

  clear() {
    this.home.replaceChildren(...this.empty);
    this.choose(null);
  }
}

/** @param {Finding} finding */
const drawable = (finding) => Boolean(finding.evidence?.features?.length);

/** @param {any} told */
function titleOf(told) {
  return told.parcel?.address || told.address?.text || (told.parcel ? say("Parcel {id}", { id: told.parcel.id }) : say("This place"));
}

/** Whether an id was made up at the import, because the source had none. @param {string | null} id */
const isMade = (id) => /^x[0-9a-f]{12}$/.test(id ?? "");

/** The word of the answer with its mark, what was measured, and the facility. @param {Finding} finding */
function result(finding) {
  const state = finding.answer ? "decided" : finding.undecided_because ? "undecided" : "facts";
  const word = term(finding.answer ?? state);
  const mark = { decided: "●", undecided: "?", facts: "i" }[state];
  const limit = finding.margin_ft === null ? null : say("{distance} from the limit", { distance: feet(Math.abs(finding.margin_ft)) });
  const measured = [limit, isMade(finding.feature_id) ? null : finding.feature_id];
  return [
    el("span", { class: `chip ${state}` }, el("span", { class: "mark", "aria-hidden": "true" }, mark), word),
    el("span", { class: "measured" }, measured.filter(Boolean).join(" · ")),
  ];
}

/** The rule of a finding, folded, with its status unless it is confirmed. @param {Finding["rule"]} found */
export function ruleNote(found) {
  if (!found) return null;
  const { citation, text, status } = found;
  const note = status && status !== "confirmed" ? ` (${term(status)})` : "";
  return el("details", {}, el("summary", {}, `${say("Rule: {citation}", { citation: citation ?? say("of the city") })}${note}`), el("p", { lang: "en" }, text ?? ""));
}

/** @param {any} told */
function facts(told) {
  const lines = [
    [say("Parcel"), told.parcel?.id ?? say("none")],
    [say("Owner"), told.parcel?.owner],
    [say("Right of way"), told.right_of_way ? term(told.right_of_way) : null],
    [say("Address"), told.address ? `${told.address.text} (${term(told.address.how)}, ${feet(told.address.distance_ft)})` : null],
  ].filter(([, value]) => value);
  return el("dl", {}, ...lines.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** @param {{role: string, id: string, distance_ft: number}[]} near */
function nearest(near) {
  if (!near?.length) return [];
  const rows = near.map((one) =>
    el("tr", {}, el("th", { scope: "row" }, term(one.role)), el("td", {}, one.id), el("td", { class: "number" }, feet(one.distance_ft))),
  );
  return [el("h3", {}, say("Nearest facilities")), el("table", {}, el("tbody", {}, ...rows))];
}

/** @param {Record<string, string>} layers */
function versions(layers) {
  const lines = Object.entries(layers ?? {}).flatMap(([name, version]) => [
    el("dt", {}, term(name)),
    el("dd", {}, String(version).split("/").at(-1)?.slice(0, 12)),
  ]);
  return lines.length ? [el("details", { class: "versions" }, el("summary", {}, say("Layer versions asked")), el("dl", {}, ...lines))] : [];
}
