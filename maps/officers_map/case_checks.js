// The checks of a case: pressing one draws its evidence; each answer is confirmed, overridden or put right with a reason.

import { el } from "../page/dom.js";
import { ruleNote } from "../page/here_panel.js";
import { failing, result, signed, summary } from "./case_words.js";
import { field, textBox, workForm } from "./work_form.js";
import { say, titled } from "./words.js";

/** @typedef {import("./case_words.js").Proposal} Proposal */
/** @typedef {import("./case_work.js").CaseWork} CaseWork */

export class CaseChecks {
  /** @param {CaseWork} work @param {Proposal[]} present @param {{show: (features: any) => void, clear: () => void}} picture */
  constructor(work, present, picture) {
    this.work = work;
    this.present = present;
    this.picture = picture;
    /** @type {any[]} */
    this.buttons = [];
    this.drawn = el("p", { class: "quiet", id: "drawn-now" });
  }

  parts() {
    const cards = this.present.map((one) => this.card(one));
    return [el("h3", {}, summary(this.present)), this.drawn, el("ul", { class: "cards" }, ...cards)];
  }

  /** @param {Proposal} proposal */
  card(proposal) {
    const able = Boolean(proposal.evidence?.features?.length);
    const press = able ? { type: "button", "aria-pressed": "false", click: () => this.press(button, proposal) } : {};
    const button = el(able ? "button" : "div", { class: "finding", "data-check": proposal.check, ...press },
      el("span", { class: "question" }, titled(proposal.check)),
      el("span", { class: "result" }, ...result(proposal)));
    if (able) this.buttons.push({ button, proposal });
    return el("li", { class: "card" }, button, el("p", { class: "sentence", lang: "en" }, proposal.sentence), signed(proposal), ...this.answering(proposal), ruleNote(proposal.rule));
  }

  /** One check's evidence alone; pressed again, that of all that fail or cannot tell. @param {any} button @param {Proposal} proposal */
  press(button, proposal) {
    const on = button.getAttribute("aria-pressed") !== "true";
    const shown = on ? [proposal] : failing(this.present).filter((one) => one.evidence?.features?.length);
    for (const each of this.buttons) each.button.setAttribute("aria-pressed", String(on && each.button === button));
    if (shown.length) this.picture.show({ features: shown.flatMap((one) => one.evidence.features) });
    else this.picture.clear();
    this.drawn.textContent = on ? say("Drawn: {names}.", { names: titled(proposal.check) }) : this.drawnOfFailing(shown);
  }

  /** @param {Proposal[]} shown */
  drawnOfFailing(shown) {
    const named = (/** @type {Proposal[]} */ some) => some.map((one) => titled(one.check)).join(", ");
    const rest = failing(this.present).filter((one) => !shown.includes(one));
    const parts = [shown.length ? say("Drawn: all that fail or are undecided: {names}.", { names: named(shown) }) : "", rest.length ? say("{names}: nothing can be drawn of it.", { names: named(rest) }) : ""];
    return parts.filter(Boolean).join(" ") || say("Nothing fails or is undecided.");
  }

  /** What can be done about an answer, or why not. @param {Proposal} proposal @returns {any[]} */
  answering(proposal) {
    const way = this.wayOf(proposal);
    if (way === null) return [];
    const home = el("div", { class: "answering" });
    const others = proposal.choices.filter((word) => word !== way.standing);
    const confirm = way.confirm ? el("button", { type: "button", class: "do", click: () => this.confirm(way, proposal, home) }, say("Confirm: {answer}", { answer: titled(/** @type {string} */ (proposal.proposed)) })) : null;
    const other = el("button", { type: "button", class: "preset", "aria-expanded": "false", click: () => this.otherwise(home, other, way, others, proposal) }, way.word);
    home.append(el("div", { class: "row" }, ...[confirm, others.length ? other : null].filter(Boolean)));
    return [home];
  }

  /**
   * How an answer can be given: at the present step, on another place, or put right; null where it cannot.
   * @param {Proposal} proposal
   */
  wayOf(proposal) {
    const { told } = this.work;
    if (!proposal.choices.length || !proposal.may_answer || told.status !== "open") return null;
    const review = told.to_review.find((/** @type {any} */ one) => one.decision === proposal.id);
    if (review) return { kind: "review", confirm: proposal.proposed !== null, standing: proposal.proposed, word: say("Answer otherwise …"), forced: proposal.proposed !== null };
    if (told.now?.proposal?.id === proposal.id) return told.now.decides && !told.now.waiting_for ? { kind: "step", confirm: proposal.proposed !== null, standing: proposal.proposed, word: say("Answer otherwise …"), forced: proposal.proposed !== null } : null;
    return proposal.answer === null ? null : { kind: "correction", confirm: false, standing: proposal.answer, word: say("Put right …"), forced: true };
  }

  /** @param {any} way @param {Proposal} proposal @param {any} home */
  confirm(way, proposal, home) {
    if (way.kind === "step" && this.work.stepForm?.isLong) return this.work.stepForm.choose(proposal.proposed);
    this.work.run(home, () => this.send(way, proposal, /** @type {string} */ (proposal.proposed), ""));
  }

  /** @param {any} home @param {any} button @param {any} way @param {string[]} others @param {Proposal} proposal */
  otherwise(home, button, way, others, proposal) {
    if (way.kind === "step" && this.work.stepForm?.isLong) return this.work.stepForm.choose(others.length === 1 ? others[0] : null);
    button.setAttribute("aria-expanded", "true");
    home.querySelector("form")?.remove();
    const choose = el("select", { name: "answer" }, ...others.map((word) => el("option", { value: word }, titled(word))));
    const why = field(way.forced ? say("Why not {answer}?", { answer: titled(way.standing) }) : say("Why?"), textBox("why"), { required: way.forced });
    const shut = () => (home.querySelector("form")?.remove(), button.setAttribute("aria-expanded", "false"), button.focus());
    const form = workForm({
      name: `${this.work.told.number} answer ${proposal.id}`,
      label: say("Another answer for {check}", { check: titled(proposal.check) }),
      parts: [field(say("Answer"), choose, { required: true }), why],
      submit: say("Answer so"),
      act: (values) => this.send(way, proposal, values.answer, values.why ?? ""),
      reread: () => this.work.reread(),
      cancel: shut,
    });
    home.append(form);
    form.querySelector("select").focus();
  }

  /** @param {any} way @param {Proposal} proposal @param {string} answer @param {string} why */
  async send(way, proposal, answer, why) {
    const reason = why.trim() ? { why: why.trim() } : {};
    const said = say("Answered: {answer}.", { answer: titled(answer) });
    if (way.kind === "review") return this.work.change(`/proposals/${encodeURIComponent(proposal.id)}`, { answer, ...reason }, said);
    if (way.kind === "correction") return this.work.change("/corrections", { ...(proposal.fills ? { field: proposal.fills, value: answer } : { step: proposal.step, answer }), why }, said);
    const given = proposal.fills ? { fields: { [proposal.fills]: answer } } : { answer };
    return this.work.change("/steps", { step: proposal.step, ...given, ...reason }, said);
  }
}
