// One case: its facts, where it stands on its process map, and its checks, each with its evidence.

import { ask, byId, el } from "../page/dom.js";
import { ruleNote } from "../page/here_panel.js";
import { date, feet, number, say, several, titled } from "./words.js";

/** @typedef {{id: string, check: string, step: string, state: string, proposed: string | null, answer: string | null, sentence: string,
 *   reason: string | null, margin_ft: number | null, probability: number | null, rule: any, by: string | null, why: string | null, evidence: any}} Proposal */

export class CasePanel {
  /**
   * @param {{show: (features: any) => void, place: (told: any) => void, clear: () => void}} picture
   * @param {() => void} back
   */
  constructor(picture, back) {
    this.picture = picture;
    this.back = back;
    this.home = byId("view-case");
    /** @type {AbortController | null} */
    this.pending = null;
  }

  /** @param {string} number */
  async open(number) {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    this.home.replaceChildren(this.backButton(), el("p", { class: "quiet" }, say("Reading {number} …", { number })));
    try {
      const address = `/cases/${encodeURIComponent(number)}`;
      const [told, checks] = await Promise.all([ask(address, pending.signal), ask(`${address}/proposals?evidence=true`, pending.signal)]);
      this.draw(told, checks.proposals);
      return told;
    } catch (error) {
      if (!pending.signal.aborted) this.home.replaceChildren(this.backButton(), el("p", { class: "alert", role: "alert" }, say("No answer: {why}", { why: /** @type {Error} */ (error).message })));
      return null;
    }
  }

  backButton() {
    return el("button", { type: "button", class: "back", click: () => this.back() }, say("‹ Cases"));
  }

  /** @param {any} told @param {Proposal[]} proposals */
  draw(told, proposals) {
    const present = latest(proposals);
    const title = el("h2", { class: "place", tabindex: "-1" }, told.title || told.process.title);
    this.home.replaceChildren(
      this.backButton(),
      title,
      el("p", { class: "quiet" }, `${told.number} · ${told.process.title}`),
      facts(told),
      now(told),
      el("h3", {}, summary(present)),
      el("ul", { class: "cards" }, ...present.map((one) => this.card(one))),
      ...papers(told),
      el("p", { class: "links" }, link(`/cases/${told.number}/process.svg`, say("Process map")), link(`/cases/${told.number}/packet`, say("Hearing packet"))),
      el("h3", {}, say("History")),
      el("ol", { class: "history", id: "history" }, el("li", {}, el("button", { type: "button", class: "preset", click: () => this.history(told.number) }, say("Show the history")))),
    );
    this.picture.place(told);
    title.focus({ preventScroll: true });
  }

  /** @param {Proposal} proposal */
  card(proposal) {
    const able = Boolean(proposal.evidence?.features?.length);
    const press = (/** @type {any} */ button) => this.press(button, proposal);
    const button = el(able ? "button" : "div",
      { class: "finding", "data-check": proposal.check, ...(able ? { type: "button", "aria-pressed": "false", click: () => press(button) } : {}) },
      el("span", { class: "question" }, titled(proposal.check)),
      el("span", { class: "result" }, ...result(proposal)),
    );
    return el("li", { class: "card" }, button, el("p", { class: "sentence", lang: "en" }, proposal.sentence), signed(proposal), ruleNote(proposal.rule));
  }

  /** Pressed again, nothing is drawn but the case. @param {any} button @param {Proposal} proposal */
  press(button, proposal) {
    const on = button.getAttribute("aria-pressed") !== "true";
    for (const each of this.home.querySelectorAll("[aria-pressed]")) each.setAttribute("aria-pressed", String(on && each === button));
    if (on) this.picture.show(proposal.evidence);
    else this.picture.clear();
  }

  /** @param {string} number */
  async history(number) {
    const home = byId("history");
    try {
      const told = await ask(`/cases/${encodeURIComponent(number)}/events?limit=200`);
      home.replaceChildren(...told.events.map((/** @type {any} */ event) => el("li", {}, el("strong", {}, titled(event.kind)), ` ${event.by} · `, el("time", { datetime: event.at }, date(event.at)))));
    } catch (error) {
      home.replaceChildren(el("li", { class: "alert" }, say("No answer: {why}", { why: /** @type {Error} */ (error).message })));
    }
  }
}

/** The newest proposal of each step; those that rest on another place are left to the history. @param {Proposal[]} proposals */
function latest(proposals) {
  const byStep = new Map();
  for (const one of proposals) if (one.state !== "stale") byStep.set(`${one.step} ${one.check}`, one);
  return [...byStep.values()];
}

/** @param {Proposal[]} present */
function summary(present) {
  if (!present.length) return say("No checks yet");
  const undecided = present.filter((one) => stateOf(one) === "undecided").length;
  const said = several(present.length, "{n} check", "{n} checks");
  return undecided ? say("{said}, {n} undecided", { said, n: undecided }) : said;
}

/** A check without a closed list of answers gives facts. @param {Proposal} proposal @returns {"decided" | "undecided" | "facts"} */
const stateOf = (proposal) => (proposal.answer ?? proposal.proposed ? "decided" : proposal.reason ? "undecided" : "facts");

/** @param {Proposal} proposal */
function result(proposal) {
  const state = stateOf(proposal);
  const word = proposal.answer ?? proposal.proposed ?? state;
  const limit = proposal.margin_ft === null ? null : say("{distance} from the limit", { distance: feet(Math.abs(proposal.margin_ft)) });
  const sure = proposal.probability === null ? null : say("{n} % sure", { n: number(proposal.probability * 100) });
  const mark = el("span", { class: "mark", "aria-hidden": "true" }, { decided: "●", undecided: "?", facts: "i" }[state]);
  return [el("span", { class: `chip ${state}` }, mark, titled(word)), el("span", { class: "measured" }, [limit, sure].filter(Boolean).join(" · "))];
}

/** @param {Proposal} proposal */
function signed(proposal) {
  if (!proposal.by) return el("p", { class: "sentence quiet" }, say("Nobody has confirmed it yet."));
  const who = { by: proposal.by };
  const said = proposal.answer === proposal.proposed ? say("Confirmed by {by}", who) : say("Decided by {by}", who);
  return el("p", { class: "sentence quiet" }, `${said}${proposal.why ? `: ${proposal.why}` : ""}`);
}

/** @param {any} told */
function facts(told) {
  const sigma = told.place?.sigma_ft;
  const lines = [
    [say("State"), told.status === "open" ? say("open") : [say("closed"), titled(told.outcome ?? "")].filter(Boolean).join(", ")],
    [say("Priority"), told.priority],
    [say("Officer"), told.officer ?? say("nobody yet")],
    [say("Address"), told.address],
    [say("Parcel"), told.parcel_id],
    [say("Place"), told.place ? `${told.place.how_located}${sigma ? `, ± ${feet(sigma)}` : ""}` : null],
    [say("Of"), told.event_on ? date(told.event_on) : null],
    [say("Due"), told.due_at ? date(told.due_at) : null],
  ].filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", {}, ...lines.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** @param {any} told */
function now(told) {
  if (!told.now) return el("p", { class: "step-now" }, say("Closed: no step is open."));
  const by = told.now.done_by?.length ? ` · ${told.now.done_by.map(titled).join(say(" or "))}` : "";
  return el("p", { class: "step-now" }, el("strong", {}, say("Now:"), " "), el("span", { lang: "en" }, told.now.text), by);
}

/** @param {any} told */
function papers(told) {
  const rows = [
    ...told.letters.map((/** @type {any} */ one) => [say("Letter"), titled(one.template ?? one.kind ?? ""), one.state]),
    ...told.deadlines.map((/** @type {any} */ one) => [say("Deadline"), titled(one.kind ?? one.name ?? one.step ?? ""), one.due_at ? date(one.due_at) : ""]),
    ...told.attachments.map((/** @type {any} */ one) => [say("Attachment"), one.name ?? one.filename ?? one.id, ""]),
    ...told.notes.map((/** @type {any} */ one) => [say("Note"), one.text, one.by]),
  ];
  if (!rows.length) return [];
  const table = rows.map(([kind, name, state]) => el("tr", {}, el("th", { scope: "row" }, kind), el("td", {}, name), el("td", {}, state)));
  return [el("h3", {}, say("On file")), el("table", {}, el("tbody", {}, ...table))];
}

/** @param {string} address @param {string} text */
const link = (address, text) => el("a", { class: "preset", href: address, target: "_blank", rel: "noopener" }, text);
