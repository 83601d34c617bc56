// The fields of a step: one control for each type, with what is noted or suggested in it.

import { el } from "../page/dom.js";
import { field, textBox } from "./work_form.js";
import { say, titled } from "./words.js";

/** @param {any} asked a field of `now.fields` */
export function inputOf(asked) {
  const name = `field ${asked.field}`;
  const input = control(asked, name);
  const value = asked.noted ?? asked.suggested;
  if (value !== null && value !== undefined) input.value = String(value);
  const from = asked.noted === null && asked.suggested !== null ? say("From the map ({source}); change it where it is wrong.", { source: titled(asked.suggested_by ?? "") }) : null;
  return field(asked.label, input, { required: asked.required, hint: from });
}

/** @param {any} asked @param {string} name */
function control(asked, name) {
  if (asked.choices.length) {
    const words = asked.choices.map((/** @type {string} */ word) => el("option", { value: word }, titled(word)));
    return el("select", { name }, el("option", { value: "" }, say("not noted")), ...words);
  }
  if (asked.type === "date") return el("input", { name, type: "date" });
  if (asked.type === "number" || asked.type === "money") return el("input", { name, type: "text", inputmode: "decimal", autocomplete: "off" });
  return textBox(name, 2);
}

/** What is typed, as the service takes it. @param {any} asked @param {string} typed */
export const valueOf = (asked, typed) => (asked.type === "number" && Number.isFinite(Number(typed)) ? Number(typed) : typed.trim());
