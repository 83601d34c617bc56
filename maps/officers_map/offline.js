// Without a connection: the banner says so and since when, and what was written waits to be sent.

import { byId, el } from "../page/dom.js";
import { Outbox } from "./outbox.js";
import { visitor } from "./sending.js";
import { say, several, time } from "./words.js";

const AGAIN_MS = 5_000;

export class Offline {
  constructor() {
    this.outbox = new Outbox(() => this.draw());
    /** @type {string | null} since when what is shown was saved; null with a connection */
    this.saved = null;
    this.away = !navigator.onLine;
    addEventListener("offline", () => this.become(true));
    addEventListener("online", () => this.become(false));
    navigator.serviceWorker?.addEventListener("message", (event) => {
      this.saved = event.data.saved ?? this.saved;
      this.become(event.data.saved !== null);
    });
    byId("offline").addEventListener("click", () => byId("tool-layers").click());
  }

  /** Keeps what the page needs on the device; without TLS a browser allows that on its own machine only. */
  async start() {
    await navigator.serviceWorker?.register("/map/worker.js", { scope: "/" }).catch((error) => console.warn(`Nothing is kept for later: ${error.message}`));
    navigator.serviceWorker?.startMessages();
    await visitor().catch(() => null);
    await this.outbox.send();
    await this.draw();
  }

  /** While there is no connection the service is asked again and again; its worker tells when it answers. @param {boolean} away */
  become(away) {
    const back = this.away && !away;
    clearTimeout(this.timer);
    if (away) this.timer = setTimeout(() => visitor(true).catch(() => this.become(true)), AGAIN_MS);
    this.away = away;
    this.draw();
    if (back) this.outbox.send();
  }

  async draw() {
    const waiting = await this.outbox.all();
    const since = this.saved ? say("Offline, saved {time}.", { time: time(this.saved) }) : say("Offline.");
    const words = [this.away ? `${since} ${say("Checks and traces need a connection.")}` : "", waiting.length ? several(waiting.length, "{n} thing waits to be sent.", "{n} things wait to be sent.") : ""];
    const said = words.filter(Boolean).join(" ");
    const banner = byId("offline");
    banner.hidden = !said;
    if (banner.textContent !== said) banner.textContent = said;
    document.body.dataset.connection = this.away ? "away" : "there";
    byId("waiting").replaceChildren(...waiting.map((one) => this.row(one)));
    byId("waiting-title").hidden = !waiting.length;
    for (const form of document.querySelectorAll(".later")) /** @type {HTMLElement} */ (form).hidden = !this.away;
  }

  /** @param {import("./outbox.js").Waiting} one */
  row(one) {
    const what = one.file ? say("Photo for {number}", { number: one.case }) : say("Note for {number}", { number: one.case });
    const drop = one.said ? el("button", { type: "button", class: "preset", click: () => this.outbox.drop(one.key) }, say("Throw away")) : null;
    return el("li", { class: "kept-row" }, el("span", {}, `${what}: ${one.file ? one.name : one.text}`, el("span", { class: "hint" }, one.said ?? say("Waits since {time}", { time: time(one.at) }))), drop);
  }

  /** Lets a note or a photo be written beside an open case, to be sent later. @param {string} number */
  offer(number) {
    const text = el("textarea", { rows: 3, maxlength: 20_000, "aria-label": say("Note") });
    const photo = el("input", { type: "file", accept: "image/*", class: "file-input", change: () => this.keep(number, "", photo.files[0]).then(() => (photo.value = "")) });
    const keep = () => text.value.trim() && this.keep(number, text.value.trim(), null).then(() => (text.value = ""));
    const form = el("section", { class: "later", "aria-label": say("To send later") }, el("h3", {}, say("To send later")), text,
      el("div", { class: "links" }, el("button", { type: "button", class: "preset", click: keep }, say("Keep the note for later")), el("label", { class: "preset file-button" }, say("Take a photo"), photo)));
    form.hidden = !this.away;
    byId("view-case").append(form);
  }

  /** @param {string} number @param {string} text @param {File | null} file */
  async keep(number, text, file) {
    await this.outbox.add(number, text, file);
    byId("status").textContent = say("Kept on this device; it is sent when there is a connection.");
  }
}
