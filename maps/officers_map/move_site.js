// Moving the site of a case: a pin, how good it is, and what each check says here and there before anything is kept.

import { el } from "../page/dom.js";
import { result } from "./case_words.js";
import { lastFix } from "./locate.js";
import { Pin } from "./pin.js";
import { howGood, placeOf, sigmaField } from "./place_form.js";
import { Refused, send } from "./sending.js";
import { field, refusalNote, textBox, workForm } from "./work_form.js";
import { feet, say, several, titled } from "./words.js";

/** @typedef {import("./case_work.js").CaseWork} CaseWork */
/** @typedef {import("./pin.js").Placed} Placed */

export class MoveSite {
  /**
   * @param {CaseWork} work @param {{view: import("./map_view.js").MapView | null, show: (features: any) => void, say: (text: string) => void}} page
   * @param {{placed?: Placed | null}} memory what was put down before the case was shown anew @param {() => void} cancel
   */
  constructor(work, page, memory, cancel) {
    this.work = work;
    this.page = page;
    this.memory = memory;
    this.pin = page.view ? new Pin(page.view, (placed) => this.placed(placed)) : null;
    this.told = el("div", { class: "move-told" });
    this.sigma = sigmaField(null);
    this.sigma.input.addEventListener("change", () => this.memory.placed && this.tryIt(placeOf(this.memory.placed, this.sigma.input.value)));
    this.address = el("input", { name: "address", type: "text", autocomplete: "off", maxlength: 200 });
    /** @type {AbortController | null} */
    this.pending = null;
    this.form = this.made(cancel);
    if (memory.placed) (this.pin?.show({ lng: memory.placed.lon, lat: memory.placed.lat }), this.placed(memory.placed));
    else this.startWhereItIs();
  }

  /** @param {() => void} cancel */
  made(cancel) {
    const fix = el("button", { type: "button", class: "preset", click: () => this.byFix() }, say("Use my location"));
    const look = el("button", { type: "button", class: "preset", click: () => this.byAddress() }, say("Try this address"));
    const how = this.pin ? say("Drag the pin, or click the map. By keyboard: move the map with the arrow keys, Enter puts the pin at the crosshair.") : say("Without a map, give an address.");
    return workForm({
      name: `${this.work.told.number} move`,
      label: say("Move the site"),
      parts: [el("p", { class: "hint" }, how), this.told, ...(this.pin ? [el("div", { class: "row" }, fix)] : []), el("details", { class: "more-work", ...(this.pin ? {} : { open: "" }) }, el("summary", {}, say("By address")), field(say("Address"), this.address), look), this.sigma.box, field(say("Why is it moved?"), textBox("why", 1), { required: true })],
      submit: say("Save the new place"),
      act: (values, key) => this.save(values.why, key),
      reread: () => this.work.reread(),
      cancel,
    });
  }

  startWhereItIs() {
    const { lon, lat } = this.work.told;
    if (lon !== null) this.pin?.show({ lng: lon, lat });
  }

  /** Puts the pin down at a place of the map. @param {{lng: number, lat: number}} at */
  put(at) {
    this.pin?.put(at);
  }

  byFix() {
    const fix = lastFix();
    if (fix) this.pin?.fix(fix);
    else this.page.view?.locate.trigger();
  }

  byAddress() {
    this.memory.placed = null;
    this.tryIt({ address: this.address.value.trim() });
  }

  /** @param {Placed} placed */
  placed(placed) {
    this.memory.placed = placed;
    this.sigma.input.value = String(placed.sigma_ft);
    this.sigma.box.querySelector(".hint")?.remove();
    this.sigma.box.append(el("span", { class: "hint" }, howGood(placed)));
    this.tryIt(placeOf(placed, ""));
  }

  /** Runs the checks on that place; nothing is kept. @param {any} place */
  async tryIt(place) {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    this.place = place;
    this.told.setAttribute("aria-busy", "true");
    try {
      const tried = await send(`${this.work.address}/move/preview`, { place }, { signal: pending.signal });
      this.told.replaceChildren(...this.compared(tried));
      this.page.say(this.told.querySelector(".moved").textContent);
      this.showFirst(tried);
      this.told.scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (!pending.signal.aborted) this.told.replaceChildren(refusalNote(/** @type {Error} */ (error), () => this.work.reread()));
    }
    if (this.pending === pending) this.told.removeAttribute("aria-busy");
  }

  /** What the checks say here and there. @param {any} tried */
  compared(tried) {
    const turned = tried.checks.filter((/** @type {any} */ one) => one.changed).length;
    const where = [tried.moved_ft === null ? null : say("Moved by {distance}.", { distance: feet(tried.moved_ft) }), tried.address ?? (tried.parcel_id ? say("Parcel {id}", { id: tried.parcel_id }) : null)].filter(Boolean).join(" ");
    const words = turned ? several(turned, "{n} answer changes.", "{n} answers change.") : say("No answer changes.");
    const rows = tried.checks.map((/** @type {any} */ one) => this.row(one));
    return [el("p", { class: "moved" }, `${where} ${words}`), el("ul", { class: "compared" }, ...rows), el("p", { class: "quiet" }, say("Nothing is kept until you save."))];
  }

  /** One check on both places. @param {any} one */
  row(one) {
    const able = one.after.evidence?.features?.length;
    const name = titled(one.after.check);
    const head = able ? el("button", { type: "button", class: "text-button", click: () => this.page.show(one.after.evidence) }, name) : el("strong", {}, name);
    const mark = one.changed ? el("strong", { class: "changes" }, say("changes")) : null;
    const line = (/** @type {string} */ word, /** @type {any} */ said, /** @type {any} */ more) => el("p", { class: "side" }, el("span", { class: "when" }, word), ...result({ ...said, answer: null }), more);
    return el("li", { class: one.changed ? "turned" : null, "data-check": one.after.check }, head, line(say("Now"), one.before, null), line(say("There"), one.after, mark), el("p", { class: "hint", lang: "en" }, one.after.sentence));
  }

  /** @param {any} tried */
  showFirst(tried) {
    const drawable = tried.checks.filter((/** @type {any} */ one) => one.after.evidence?.features?.length);
    const first = drawable.find((/** @type {any} */ one) => one.changed) ?? drawable[0];
    if (first) this.page.show(first.after.evidence);
  }

  /** @param {string} why @param {string} key */
  async save(why, key) {
    if (!this.place) throw new Refused(say("Put the pin down first."), "refused");
    const place = this.memory.placed ? placeOf(this.memory.placed, this.sigma.input.value) : this.place;
    const kept = this.memory.placed;
    this.memory.placed = null;
    try {
      await this.work.change("/move", { place, why }, say("The site was moved."), key);
    } catch (error) {
      this.memory.placed = kept;
      throw error;
    }
  }

  stop() {
    this.pending?.abort();
    this.pin?.remove();
  }
}
