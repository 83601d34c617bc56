// A check, a step and what happened, in words.

import { el } from "../page/dom.js";
import { date, feet, number, say, several, term, titled } from "./words.js";

/** @typedef {{id: string, check: string, step: string, state: string, proposed: string | null, answer: string | null, sentence: string,
 *   reason: string | null, margin_ft: number | null, probability: number | null, rule: any, by: string | null, why: string | null,
 *   evidence: any, choices: string[], fails: boolean, may_answer: boolean, fills: string | null}} Proposal */

const MARKS = { fails: "!", decided: "●", undecided: "?", facts: "i" };

/** The newest proposal of each step; those that rest on another place are left to the history. @param {Proposal[]} proposals */
export function latest(proposals) {
  const byStep = new Map();
  for (const one of proposals) if (one.state !== "stale") byStep.set(`${one.step} ${one.check}`, one);
  return [...byStep.values()];
}

/** A check without a closed list of answers gives facts. @param {Proposal} proposal @returns {keyof typeof MARKS} */
export function stateOf(proposal) {
  if (proposal.answer ?? proposal.proposed) return proposal.fails ? "fails" : "decided";
  return proposal.reason ? "undecided" : "facts";
}

/** The checks that speak against something, or cannot tell. @param {Proposal[]} proposals */
export const failing = (proposals) => proposals.filter((one) => ["fails", "undecided"].includes(stateOf(one)));

/** @param {Proposal[]} present */
export function summary(present) {
  if (!present.length) return say("No checks yet");
  const of = (/** @type {string} */ state) => present.filter((one) => stateOf(one) === state).length;
  const parts = [
    several(present.length, "{n} check", "{n} checks"),
    of("fails") ? several(of("fails"), "{n} fails", "{n} fail") : "",
    of("undecided") ? say("{n} undecided", { n: number(of("undecided")) }) : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** The word of the answer with its mark, and what was measured. @param {Proposal} proposal */
export function result(proposal) {
  const state = stateOf(proposal);
  const word = proposal.answer ?? proposal.proposed ?? state;
  const limit = proposal.margin_ft === null ? null : say("{distance} from the limit", { distance: feet(Math.abs(proposal.margin_ft)) });
  const sure = proposal.probability === null ? null : say("{n} % sure", { n: number(proposal.probability * 100) });
  const mark = el("span", { class: "mark", "aria-hidden": "true" }, MARKS[state]);
  return [el("span", { class: `chip ${state}` }, mark, titled(word)), el("span", { class: "measured" }, [limit, sure].filter(Boolean).join(" · "))];
}

/** @param {Proposal} proposal */
export function signed(proposal) {
  if (!proposal.by) return el("p", { class: "sentence quiet" }, say("Nobody has confirmed it yet."));
  const { by } = proposal;
  const word = proposal.answer === proposal.proposed ? say("Confirmed by {by}", { by }) : say("Decided by {by}", { by });
  return el("p", { class: "sentence quiet" }, proposal.why ? `${word}: ${proposal.why}` : word);
}

/** What comes after an answer of the present step. @param {any} follow an entry of `now.follows` */
export function whatFollows(follow) {
  const parts = [follow.kind === "end" && !follow.opens ? say("The case closes.") : say("Next: {step} ({who}).", { step: follow.text, who: follow.done_by })];
  if (follow.opens) parts.unshift(say("A case of {kind} is opened.", { kind: titled(follow.opens) }), ...(follow.waits_for_it ? [say("This case waits for it.")] : []));
  if (follow.clock) parts.push(say("A clock runs: {period}.", { period: follow.clock }));
  if (follow.letter) parts.push(say("With a letter: {letter}.", { letter: titled(follow.letter) }));
  return parts.join(" ");
}

/** One thing that happened, as a sentence. @param {any} event */
export function happened(event) {
  const values = { by: event.by, what: event.text };
  const said = {
    answered: say("{by} did a step: {what}", values),
    noted: say("{by} noted: {what}", values),
    confirmed: say("{by} confirmed the map's answer: {what}", values),
    overridden: say("{by} overrode the map: {what}", values),
    decided: say("{by} decided where the map could not: {what}", values),
    proposed: say("The map says: {what}", values),
    moved: say("{by} moved the place: {what}", { ...values, what: event.text.replace(/^the place was moved /, "") }),
    attached: say("{by} {what}", values),
    note_added: say("{by} {what}", values),
    corrected: say("{by} put right: {what}", values),
  }[/** @type {"answered"} */ (event.kind)];
  return said ?? say("{by}: {what}", values);
}

/** What a letter is, and how far it is. @param {any} letter */
export function letterState(letter) {
  const when = letter.issued_at ?? letter.sent_at;
  return when ? `${term(letter.state)}, ${date(when)}` : term(letter.state);
}
