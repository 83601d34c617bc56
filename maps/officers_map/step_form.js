// The present step: its answers and what follows from each, what is to be noted, the reason for another answer than the map's.

import { el } from "../page/dom.js";
import { whatFollows } from "./case_words.js";
import { inputOf, valueOf } from "./step_fields.js";
import { carryOut, field, textBox, workForm } from "./work_form.js";
import { date, say, titled } from "./words.js";

/** @typedef {import("./case_work.js").CaseWork} CaseWork */

export class StepForm {
  /** @param {CaseWork} work @param {(name: string) => any} attaching a control that attaches a file to a field */
  constructor(work, attaching) {
    this.work = work;
    this.attaching = attaching;
    this.now = work.told.now;
    /** @type {any} */
    this.form = null;
  }

  /** Whether more is asked for than an answer. */
  get isLong() {
    const lacks = this.now.follows.some((/** @type {any} */ one) => Object.keys(one.lacks).length);
    return lacks || this.now.fields.some((/** @type {any} */ one) => one.required);
  }

  parts() {
    const { now } = this;
    if (!now) return [el("p", { class: "step-now", id: "step-now", tabindex: "-1" }, say("Closed: no step is open."))];
    const who = now.done_by.length ? say("Done by {who}.", { who: now.done_by.join(say(" or ")) }) : "";
    const head = el("p", { class: "step-text", id: "step-now", tabindex: "-1" }, el("strong", {}, say("Now:")), ` ${now.text}`);
    const due = now.due_at ? el("p", { class: "quiet" }, say("Due {at}.", { at: date(now.due_at) })) : null;
    return [el("section", { class: "step-now", "aria-label": say("The present step") }, ...[head, el("p", { class: "quiet" }, who), due, ...this.controls()].filter(Boolean))];
  }

  controls() {
    const { now } = this;
    if (now.waits) return [el("p", {}, `${now.waits}.`), ...(now.may_act ? this.waiting() : [this.notYours()])];
    if (!now.may_act) return [...now.follows.map((/** @type {any} */ one) => this.told(one)), this.notYours()];
    return [this.answerForm()];
  }

  notYours() {
    const { who } = this.work;
    return el("p", { class: "not-yours" }, say("You may read this step but not do it: it is done by {who}.", { who: this.now.done_by.join(say(" or ")) }), who.lanes.length ? ` ${say("You act for {lanes}.", { lanes: who.lanes.map(titled).join(", ") })}` : "");
  }

  /** What follows from an answer, told only. @param {any} follow */
  told(follow) {
    return el("p", { class: "hint" }, follow.answer ? `${titled(follow.answer)}: ${whatFollows(follow)}` : whatFollows(follow));
  }

  answerForm() {
    const { now, work } = this;
    const chosen = now.follows.length === 1 ? now.follows[0] : null;
    const answers = now.choices.length ? [this.choices()] : now.follows.map((/** @type {any} */ one) => this.told(one));
    const only = chosen?.blocked ? [el("p", { class: "alert" }, chosen.blocked)] : [];
    const notes = now.fields.map((/** @type {any} */ one) => (one.type === "attachments" ? this.attaching(one) : inputOf(one)));
    const reason = now.decides && now.proposal?.proposed ? [this.reason()] : [];
    const keep = now.fields.some((/** @type {any} */ one) => one.type !== "attachments") ? [el("button", { type: "button", class: "preset", click: () => this.notate() }, say("Note it, stay here"))] : [];
    this.form = workForm({
      name: `${work.told.number} step ${now.step}`,
      label: now.text,
      parts: [...answers, ...only, ...notes, ...this.closing(), ...reason],
      submit: now.choices.length ? say("Answer and go on") : say("Done, go on"),
      also: keep,
      act: (values, key) => this.answer(values, key),
      reread: () => work.reread(),
    });
    this.form.addEventListener("change", () => this.turn());
    this.turn();
    return this.form;
  }

  choices() {
    const { now } = this;
    const proposed = now.decides ? now.proposal?.proposed : null;
    const rows = now.follows.map((/** @type {any} */ follow, /** @type {number} */ at) => {
      const radio = el("input", { type: "radio", name: "answer", value: follow.answer, required: "", id: `answer-${at}`, "aria-describedby": `follows-${at}`, "data-label": say("Answer"), disabled: Boolean(follow.blocked), checked: follow.answer === proposed && !follow.blocked });
      const mark = follow.answer === proposed ? el("span", { class: "tag" }, say("the map's answer")) : null;
      const why = follow.blocked ? el("strong", { class: "blocked" }, `${say("Not now:")} ${follow.blocked} `) : null;
      return el("div", { class: "choice" }, radio, el("label", { for: `answer-${at}` }, titled(follow.answer), mark), el("p", { class: "hint", id: `follows-${at}` }, why, whatFollows(follow)));
    });
    return el("fieldset", { class: "choices" }, el("legend", {}, say("Answer")), ...rows);
  }

  reason() {
    const box = field(say("Why not the map's answer, {answer}?", { answer: titled(this.now.proposal.proposed) }), textBox("why"));
    box.classList.add("reason");
    return box;
  }

  /** Reasons that may stand for what a closing lacks. */
  closing() {
    const lacks = Object.assign({}, ...this.now.follows.map((/** @type {any} */ one) => one.lacks));
    const labels = { no_photo: say("Why is there no 'after' photo?"), not_told: say("Why are they not told?") };
    const known = Object.entries(labels).filter(([name]) => lacks[name]);
    const rest = lacks.charges ? [el("p", { class: "alert" }, `${say("Before it can close:")} ${lacks.charges}.`)] : [];
    return [...known.map(([name, label]) => field(label, textBox(name, 1), { hint: say("It lacks: {what}.", { what: lacks[name] }) })), ...rest];
  }

  /** The reason is asked for once another answer than the map's is chosen. */
  turn() {
    const box = this.form.querySelector(".reason");
    if (!box) return;
    const answer = this.answered();
    const other = Boolean(answer) && answer !== this.now.proposal.proposed;
    box.hidden = !other;
    box.querySelector("textarea").required = other;
    box.querySelector("textarea").disabled = !other;
  }

  answered() {
    return this.form.elements.namedItem("answer")?.value ?? (this.now.fills ? this.form.elements.namedItem(`field ${this.now.fills}`)?.value : "");
  }

  /** Chooses an answer for the officer to go on from. @param {string | null} answer */
  choose(answer) {
    const radio = answer && this.form.querySelector(`[name=answer][value="${CSS.escape(answer)}"]:enabled`);
    if (radio) radio.checked = true;
    this.turn();
    const first = [...this.form.elements].find((/** @type {any} */ one) => one.willValidate && !one.checkValidity()) ?? radio ?? this.form.elements[0];
    first.focus();
    first.scrollIntoView({ block: "center" });
  }

  /** @param {Record<string, string>} values */
  fields(values) {
    const given = this.now.fields.filter((/** @type {any} */ one) => one.type !== "attachments" && (values[`field ${one.field}`] ?? "").trim() !== "");
    return Object.fromEntries(given.map((/** @type {any} */ one) => [one.field, valueOf(one, values[`field ${one.field}`])]));
  }

  /** @param {Record<string, string>} values @param {string} key */
  async answer(values, key) {
    const words = ["why", "no_photo", "not_told"].filter((name) => values[name]?.trim());
    const body = { step: this.now.step, fields: this.fields(values), ...(values.answer ? { answer: values.answer } : {}), ...Object.fromEntries(words.map((name) => [name, values[name].trim()])) };
    await this.work.change("/steps", body, values.answer ? say("Answered: {answer}.", { answer: titled(values.answer) }) : say("Done: {step}.", { step: this.now.text }), key);
  }

  notate() {
    const values = Object.fromEntries([...new FormData(this.form).entries()].map(([name, value]) => [name, String(value)]));
    const { work, now } = this;
    const name = `${work.told.number} step ${now.step}`;
    const send = async () => void (await work.change("/fields", { step: now.step, fields: this.fields(values) }, say("Noted.")));
    carryOut({ name, reread: () => work.reread() }, this.form.querySelector("button.do"), this.form.querySelector(".problem"), send);
  }

  /** A wait ends early with a reason; one that waits for a date is given it. */
  waiting() {
    const { now, work } = this;
    const asked = now.fields.filter((/** @type {any} */ one) => one.type !== "attachments");
    const given = workForm({
      name: `${work.told.number} wait ${now.step}`,
      parts: asked.map((/** @type {any} */ one) => inputOf(one)),
      submit: say("Note it"),
      act: async (values, key) => void (await work.change("/fields", { step: now.step, fields: this.fields(values) }, say("Noted."), key)),
      reread: () => work.reread(),
    });
    if (now.waiting_for === "child") return [];
    const end = workForm({
      name: `${work.told.number} end ${now.step}`,
      parts: [field(say("Why does the wait end now?"), textBox("why", 1), { required: true, hint: now.follows.map(whatFollows).join(" ") })],
      submit: say("End the wait"),
      act: async (values, key) => void (await work.change("/end-wait", { why: values.why }, say("The wait has ended."), key)),
      reread: () => work.reread(),
    });
    return [...(asked.length ? [given] : []), el("details", { class: "more-work" }, el("summary", {}, say("Go on before the deadline")), end)];
  }
}
