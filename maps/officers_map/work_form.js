// A form that changes something: it keeps what is typed, says what is missing or refused, and sends once.

import { el } from "../page/dom.js";
import { draftOf, forgetDraft, keepDraft } from "./drafts.js";
import { newKey, Refused, signInAddress } from "./sending.js";
import { say } from "./words.js";

/**
 * @typedef {{name: string, parts: any[], submit: string, act: (values: Record<string, string>, key: string) => Promise<void>,
 *   reread?: () => void, cancel?: () => void, also?: any[], label?: string}} FormGiven
 * `name` is what its draft is kept under; `act` sends it and raises Refused; `reread` shows the case as it is now.
 */

let made = 0;

/** @param {FormGiven} given */
export function workForm(given) {
  const problem = el("div", { class: "problem" });
  const button = el("button", { type: "submit", class: "do" }, given.submit);
  const cancel = given.cancel ? el("button", { type: "button", class: "preset", click: () => (forgetDraft(given.name), given.cancel?.()) }, say("Cancel")) : null;
  const form = el("form", { class: "work", novalidate: "", "aria-label": given.label ?? given.submit }, ...given.parts, problem, el("div", { class: "row" }, button, ...(given.also ?? []), cancel));
  fill(form, draftOf(given.name));
  const sent = { words: "", key: "" };
  form.addEventListener("input", () => keepDraft(given.name, valuesOf(form)));
  form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true" || !complete(form, problem)) return;
    const values = valuesOf(form);
    const words = JSON.stringify(values);
    if (words !== sent.words) Object.assign(sent, { words, key: newKey() });
    carryOut(given, button, problem, () => given.act(values, sent.key));
  });
  return form;
}

/** Runs one change of a form: its button waits, and what was refused is said in the form. @param {Pick<FormGiven, "name" | "reread">} given @param {any} button @param {any} problem @param {() => Promise<void>} act */
export async function carryOut(given, button, problem, act) {
  button.setAttribute("aria-disabled", "true");
  problem.replaceChildren();
  try {
    await act();
    forgetDraft(given.name);
  } catch (error) {
    problem.replaceChildren(refusalNote(/** @type {Error} */ (error), given.reread));
    problem.scrollIntoView({ block: "nearest" });
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** Why something was not done, and what one can do about it. @param {Error} error @param {() => void} [reread] */
export function refusalNote(error, reread) {
  const why = error instanceof Refused ? error.why : "refused";
  const more = [];
  if (why === "signed_out") more.push(el("a", { class: "preset", href: signInAddress() }, say("Sign in")));
  if (why === "changed") {
    more.push(el("p", {}, say("Nothing was overwritten, and what you typed is kept. Look at the case as it is now, then send it again.")));
    if (reread) more.push(el("button", { type: "button", class: "preset", click: reread }, say("Show the case as it is now")));
  }
  return el("div", { class: "alert", role: "alert" }, el("p", {}, error.message), ...more);
}

/** A field with its label, and a hint where there is one. @param {string} label @param {any} input @param {{hint?: string | null, required?: boolean}} [more] */
export function field(label, input, { hint = null, required = false } = {}) {
  const id = `field-${(made += 1)}`;
  input.id = id;
  if (required) input.required = true;
  input.dataset.label = label;
  const below = hint ? el("span", { class: "hint", id: `${id}-hint` }, hint) : null;
  if (below) input.setAttribute("aria-describedby", below.id);
  const mark = required ? el("span", { class: "needed" }, ` (${say("needed")})`) : null;
  return el("div", { class: "work-field" }, el("label", { for: id }, label, mark), input, below);
}

/** A box for some lines of text. @param {string} name @param {number} [rows] */
export const textBox = (name, rows = 2) => el("textarea", { name, rows, maxlength: 20_000 });

/** @param {any} form @returns {Record<string, string>} */
function valuesOf(form) {
  const entries = [...new FormData(form).entries()].filter(([, value]) => typeof value === "string");
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** @param {any} form @param {Record<string, string>} values */
function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const [first] = [form.elements.namedItem(name)].flat();
    if (first && "value" in first) first.value = value;
  }
}

/** Whether nothing is missing; else says what, and goes there. @param {any} form @param {any} problem */
function complete(form, problem) {
  const missing = [...form.elements].filter((/** @type {any} */ one) => one.willValidate && !one.checkValidity());
  if (!missing.length) return true;
  const names = [...new Set(missing.map((/** @type {any} */ one) => one.dataset.label ?? one.name))];
  problem.replaceChildren(el("p", { class: "alert", role: "alert" }, say("Still to fill in: {names}.", { names: names.join(", ") })));
  missing[0].focus();
  problem.scrollIntoView({ block: "nearest" });
  return false;
}
