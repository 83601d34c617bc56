// The filters: always visible, and the same as in the address of the page.

import { byId, el } from "../page/dom.js";
import { AGES, BOUNDS, NOTHING } from "./case_store.js";
import { say } from "./words.js";

/** @typedef {import("./case_store.js").CaseStore} CaseStore */

const WORDS = ["type", "priority", "age", "officer", "text", "colour"];

/** @param {CaseStore} store */
export function makeFilters(store) {
  const form = byId("filters");
  const text = el("input", { type: "search", id: "filter-text", "aria-label": say("Words in the case"), placeholder: say("Words in number, title, address") });
  const selects = {
    type: select("type", say("Type")),
    priority: select("priority", say("Priority")),
    age: select("age", say("Age")),
    officer: select("officer", say("Officer")),
    colour: select("colour", say("Colour by")),
  };
  const open = check("filter-open", say("Open only"));
  const overdue = check("filter-overdue", say("Overdue"));
  const folded = el("button", { type: "button", id: "fold", class: "fold", "aria-expanded": "false", "aria-controls": "filter-fields" }, say("Filter"));
  const fields = el("div", { id: "filter-fields", class: "filter-fields" }, text, ...Object.values(selects).map((one) => one.row));
  form.replaceChildren(el("div", { class: "checks" }, open.row, overdue.row, folded), fields);
  form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  folded.addEventListener("click", () => folded.setAttribute("aria-expanded", String(folded.getAttribute("aria-expanded") !== "true")));
  text.addEventListener("input", () => store.want({ text: text.value }));
  open.box.addEventListener("change", () => store.want({ open: open.box.checked }));
  overdue.box.addEventListener("change", () => store.want({ overdue: overdue.box.checked }));
  for (const [name, one] of Object.entries(selects)) one.box.addEventListener("change", () => store.want({ [name]: one.box.value }));
  const update = () => {
    const { wanted } = store;
    if (document.activeElement !== text) text.value = wanted.text;
    open.box.checked = wanted.open;
    overdue.box.checked = wanted.overdue;
    fill(selects.type.box, say("every type"), Object.entries(store.types).map(([id, one]) => [id, one.title]), wanted.type);
    fill(selects.priority.box, say("every priority"), BOUNDS.map((bounds, at) => [String(at + 1), bounds]).concat([["none", say("none set")]]), wanted.priority);
    fill(selects.age.box, say("every age"), AGES, wanted.age);
    fill(selects.officer.box, say("everybody"), store.officers().map((one) => [one, one]).concat([["nobody", say("nobody yet")]]), wanted.officer);
    fill(selects.colour.box, null, [["priority", say("priority")], ["age", say("age")]], wanted.colour);
    const set = countOf(wanted);
    folded.textContent = set ? say("Filter ({n})", { n: set }) : say("Filter");
  };
  store.listen(update);
  update();
}

/** How many filters are set beside those that are always seen. @param {any} wanted */
const countOf = (wanted) => ["type", "priority", "age", "officer", "text"].filter((name) => wanted[name]).length;

/** @param {URLSearchParams} address @returns {import("./case_store.js").Wanted} */
export function wantedOf(address) {
  const given = Object.fromEntries(WORDS.filter((name) => address.has(name)).map((name) => [name, address.get(name)]));
  return { ...NOTHING, ...given, open: address.get("open") !== "no", overdue: address.get("overdue") === "yes" };
}

/** @param {any} wanted @returns {[string, string][]} only what differs from the opening state */
export function inAddress(wanted) {
  const set = WORDS.filter((name) => wanted[name] !== /** @type {any} */ (NOTHING)[name]).map((name) => [name, wanted[name]]);
  if (!wanted.open) set.push(["open", "no"]);
  if (wanted.overdue) set.push(["overdue", "yes"]);
  return /** @type {[string, string][]} */ (set);
}

/** @param {string} name @param {string} title */
function select(name, title) {
  const box = el("select", { id: `filter-${name}` });
  return { box, row: el("label", { class: "field" }, el("span", {}, title), box) };
}

/** @param {string} id @param {string} title */
function check(id, title) {
  const box = el("input", { type: "checkbox", id });
  return { box, row: el("label", { class: "check" }, box, el("span", {}, title)) };
}

/** @param {any} box @param {string | null} all @param {string[][]} choices @param {string} chosen */
function fill(box, all, choices, chosen) {
  const options = [...(all === null ? [] : [["", all]]), ...choices];
  const asked = chosen && !options.some(([value]) => value === chosen) ? [...options, [chosen, chosen]] : options;
  const said = JSON.stringify(asked);
  if (box.dataset.said !== said) box.replaceChildren(...asked.map(([value, title]) => el("option", { value }, title)));
  box.dataset.said = said;
  box.value = chosen;
}
