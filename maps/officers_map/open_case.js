// Opening a case at a place: what may be the same case is offered first.

import { el } from "../page/dom.js";
import { placeOf, sigmaField } from "./place_form.js";
import { send, signInAddress, visitor } from "./sending.js";
import { field, refusalNote, textBox, workForm } from "./work_form.js";
import { feet, say } from "./words.js";

/** @typedef {import("./pin.js").Placed} Placed */

export class OpenCase {
  /** @param {(number: string, from: HTMLElement | null) => void} look opens a case that is there @param {(number: string) => Promise<void>} opened is told of a new one */
  constructor(look, opened) {
    this.look = look;
    this.opened = opened;
    /** @type {AbortController | null} */
    this.pending = null;
  }

  /** A button that begins, or why there is none; it stays in sight at the foot of the panel. @param {Placed} placed @param {Record<string, any>} [more] of the case, such as a structure */
  async offer(placed, more = {}) {
    const home = el("div", { class: "open-here" });
    const who = await visitor();
    if (!who.opens.length) {
      const why = who.sees_cases ? say("You act in no lane that opens cases.") : say("To open a case here, sign in.");
      home.append(el("p", { class: "quiet" }, why, who.sees_cases ? null : el("a", { class: "text-button", href: signInAddress() }, say("Sign in"))));
      return home;
    }
    const begin = el("button", { type: "button", class: "do", click: () => this.begin(home, placed, more, who) }, say("Open a case here"));
    home.className = "actions";
    home.append(begin);
    return home;
  }

  /** @param {any} home @param {Placed} placed @param {Record<string, any>} more @param {import("./sending.js").Visitor} who */
  begin(home, placed, more, who) {
    const kinds = el("select", { name: "type" }, el("option", { value: "" }, say("choose")), ...who.opens.map((one) => el("option", { value: one.type }, one.title)));
    const sigma = sigmaField(placed);
    const same = el("div", { class: "same", "aria-live": "polite" });
    const form = workForm({
      name: `open ${placed.lon.toFixed(6)} ${placed.lat.toFixed(6)}`,
      label: say("Open a case here"),
      parts: [
        el("h3", {}, say("A new case")),
        field(say("Kind of case"), kinds, { required: true }),
        same,
        field(say("Title"), el("input", { name: "title", type: "text", maxlength: 200, autocomplete: "off" })),
        field(say("Description"), textBox("description", 3)),
        sigma.box,
      ],
      submit: say("Open the case"),
      act: (values, key) => this.open(bodyOf(values, placed, more), key),
      cancel: () => this.offer(placed, more).then((again) => (home.replaceChildren(...again.childNodes), (home.className = again.className), home.querySelector("button")?.focus())),
    });
    kinds.addEventListener("change", () => this.alike(same, form, placed, more));
    home.className = "open-here";
    home.replaceChildren(form);
    if (kinds.value) this.alike(same, form, placed, more);
    kinds.focus();
    form.scrollIntoView({ block: "start" });
  }

  /** The cases that may be the same one, before a second is opened. @param {any} home @param {any} form @param {Placed} placed @param {Record<string, any>} more */
  async alike(home, form, placed, more) {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    home.replaceChildren();
    const values = Object.fromEntries(new FormData(form).entries());
    if (!values.type) return;
    try {
      const told = await send("/cases/preview", bodyOf(values, placed, more), { signal: pending.signal });
      home.replaceChildren(...this.found(told));
      form.querySelector("button.do").textContent = told.duplicates.length ? say("Open a new case all the same") : say("Open the case");
    } catch (error) {
      if (!pending.signal.aborted) home.replaceChildren(refusalNote(/** @type {Error} */ (error)));
    }
  }

  /** @param {any} told */
  found(told) {
    const row = (/** @type {any} */ one) => {
      const button = el("button", { type: "button", class: "case-row", "data-same": one.number, click: () => this.look(one.number, null) },
        el("span", { class: "case-words" }, el("span", { class: "case-title" }, one.title || one.number), el("span", { class: "case-facts" }, [one.number, one.distance_ft === undefined ? null : feet(one.distance_ft)].filter(Boolean).join(" · ")), el("span", { class: "case-step", lang: "en" }, one.said)));
      return el("li", {}, button);
    };
    const list = (/** @type {string} */ title, /** @type {any[]} */ rows) => (rows.length ? [el("h3", {}, title), el("ul", { class: "cases" }, ...rows.map(row))] : []);
    const none = told.duplicates.length ? [] : [el("p", { class: "quiet" }, say("No case on file is likely to be the same."))];
    return [...list(say("May be the same case"), told.duplicates), ...none, ...list(say("Earlier cases"), told.earlier.slice(0, 5))];
  }

  /** @param {any} body @param {string} key */
  async open(body, key) {
    const done = await send("/cases", body, { key });
    await this.opened(done.number);
  }
}

/** @param {Record<string, any>} values @param {Placed} placed @param {Record<string, any>} more */
function bodyOf(values, placed, more) {
  return { type: values.type, title: (values.title ?? "").trim(), description: (values.description ?? "").trim(), place: placeOf(placed, values.sigma ?? ""), ...more };
}
