// The mailing after an overflow, from the map: its list with every reason, looked through, frozen, its letters.

import { ask, byId, el } from "../page/dom.js";
import { newKey, send, visitor } from "./sending.js";
import { refusalNote } from "./work_form.js";
import { feet, number, say, several, term, titled } from "./words.js";

/** @typedef {import("./map_tools.js").ToolHome} ToolHome */

const NEAR_FT = 250;
const OPEN = ["draft", "reviewed"];

export class MailingPanel {
  /** @param {any} home @param {ToolHome} page */
  constructor(home, page) {
    this.home = home;
    this.page = page;
    this.asked = 0;
  }

  clear() {
    this.asked += 1;
    this.home.replaceChildren();
  }

  /** The overflows near a place, and a new one, for who may write to addressees. @param {{lon: number, lat: number}} at */
  async offer(at) {
    const asked = (this.asked += 1);
    const who = await visitor().catch(() => null);
    if (!who?.reads_names) return;
    const near = await ask(`/cases?type=sso&status=open&near=${at.lon},${at.lat}&within_ft=${NEAR_FT}&limit=10`).catch(() => ({ cases: [] }));
    if (asked !== this.asked) return;
    const cases = near.cases.map((/** @type {any} */ one) => this.button(say("Mailing of {number}", { number: one.number }), () => this.of(one.number)));
    const fresh = who.opens.some((one) => one.type === "sso") ? [this.button(say("Open an overflow here, and its mailing"), (key) => this.overflow(at, key))] : [];
    const none = cases.length ? null : el("p", { class: "quiet" }, say("No open overflow within {distance} of the start.", { distance: feet(NEAR_FT) }));
    this.show(el("h3", {}, say("Mailing")), none, el("div", { class: "stack" }, ...cases, ...fresh));
  }

  /** @param {{lon: number, lat: number}} at @param {string} key */
  async overflow({ lon, lat }, key) {
    const made = await send("/cases", { type: "sso", place: { lon, lat }, title: say("Overflow") }, { key });
    this.page.reload();
    await this.of(made.number);
  }

  /** The mailing of a case: the newest there is, else a draft. @param {string} number */
  async of(number) {
    const { mailings } = await ask(`/mailings?case=${encodeURIComponent(number)}&limit=1`);
    const told = mailings[0] ?? (await send("/mailings", { case: number }, { key: newKey() }));
    await this.look(told.number);
  }

  /** @param {string} mailing */
  async look(mailing) {
    const asked = (this.asked += 1);
    const [told, lines] = await Promise.all([ask(`/mailings/${mailing}`), fetch(`/mailings/${mailing}/rows`).then((answer) => answer.text())]);
    if (asked !== this.asked) return;
    const rows = lines.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const of = (/** @type {string} */ status) => rows.filter((row) => row.status === status);
    this.show(
      el("h3", {}, say("Mailing {number}: {state}", { number: told.number, state: term(told.state) })),
      el("p", { lang: "en" }, told.reach.sentence),
      ...(told.trace.doubts ?? []).map((/** @type {string} */ doubt) => el("p", { class: "alert", lang: "en" }, doubt)),
      el("p", { id: "mailing-counts" }, counts(told.counts)),
      this.list(told, say("Gets a letter"), of("kept"), "strike", true),
      this.list(told, say("Written to not long ago"), of("suppressed"), "keep", false),
      this.list(told, say("Struck"), of("struck"), "keep", false),
      this.list(told, say("Neighbours left out"), of("left_out"), null, false),
      this.steps(told),
    );
  }

  /** @param {any} told @param {string} title @param {any[]} rows @param {"strike" | "keep" | null} decision @param {boolean} open */
  list(told, title, rows, decision, open) {
    if (!rows.length) return null;
    const entries = rows.map((row) => el("li", {}, el("strong", {}, row.name || row.delivery), el("span", { class: "case-facts" }, [row.name ? row.delivery : "", row.city, row.zip_code, row.standing === "mail" ? "" : term(row.standing)].filter(Boolean).join(" · ")), el("span", { class: "case-step", lang: "en" }, why(row)), decision && OPEN.includes(told.state) ? this.decide(told, row, decision) : null));
    return el("details", { open: open ? "" : null, "data-status": rows[0].status }, el("summary", {}, `${title} (${number(rows.length)})`), el("ol", { class: "parcels" }, ...entries));
  }

  /** Striking and keeping need a reason; it stays with the row. @param {any} told @param {any} row @param {"strike" | "keep"} decision */
  decide(told, row, decision) {
    const name = row.name || row.delivery;
    const verb = decision === "strike" ? say("Strike {name}", { name }) : say("Keep {name}", { name });
    const reason = el("input", { type: "text", maxlength: 2000, "aria-label": say("Reason: {what}", { what: verb }), placeholder: say("Reason") });
    const act = async (/** @type {string} */ key) => {
      if (!reason.value.trim()) return reason.focus();
      await send(`/mailings/${told.number}/rows/${row.position}`, { decision, why: reason.value.trim() }, { key });
      await this.look(told.number);
    };
    const button = this.button(decision === "strike" ? say("Strike") : say("Keep"), act);
    button.setAttribute("aria-label", verb);
    return el("div", { class: "decide" }, reason, button);
  }

  /** What comes next: look through, freeze, print. @param {any} told */
  steps(told) {
    const step = (/** @type {string} */ path) => async (/** @type {string} */ key) => {
      await send(`/mailings/${told.number}/${path}`, {}, { key });
      await this.look(told.number);
    };
    if (told.state === "draft") return el("div", { class: "stack" }, this.button(say("I have looked through this list"), step("review"), "do"));
    if (told.state === "reviewed") return el("div", { class: "stack" }, el("p", { class: "quiet" }, say("Frozen, nothing in the list ever changes again.")), this.button(say("Freeze the list"), step("freeze"), "do"));
    const links = [["letters.pdf", say("Letters")], ["labels.pdf", say("Labels")], ["list.csv", say("CSV")], ["map.svg", say("Map")]];
    return el("div", {}, el("p", { class: "quiet" }, say("Frozen by {by}.", { by: told.frozen_by })), el("p", { class: "links" }, ...links.map(([file, text]) => el("a", { class: "preset", href: `/mailings/${told.number}/${file}`, target: "_blank", rel: "noopener" }, text))));
  }

  /** A button that does one thing once, and says why where it was refused. @param {string} text @param {(key: string) => Promise<void>} act @param {string} [look] */
  button(text, act, look = "preset") {
    const key = newKey();
    const button = el("button", { type: "button", class: look, click: async () => {
      byId("mailing-problem").replaceChildren();
      button.disabled = true;
      try {
        await act(key);
      } catch (error) {
        byId("mailing-problem").replaceChildren(refusalNote(/** @type {Error} */ (error)));
      } finally {
        button.disabled = false;
      }
    } }, text);
    return button;
  }

  /** @param {...any} parts */
  show(...parts) {
    this.home.replaceChildren(...parts.filter((part) => part !== null), el("div", { id: "mailing-problem" }));
  }
}

/** @param {Record<string, number>} told */
function counts(told) {
  const rest = Object.entries(told).filter(([name, count]) => name !== "letters" && count).map(([name, count]) => `${titled(name)} ${number(count)}`);
  return [several(told.letters, "{n} letter", "{n} letters"), ...rest].join(" · ");
}

/** Why somebody is on the list, or is not. @param {any} row */
const why = (row) => [row.remark, row.reason, ...row.parcels.map((/** @type {any} */ one) => one.said)].filter((one, at, all) => one && all.indexOf(one) === at).join(" · ");
