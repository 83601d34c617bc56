// What lies on file: facts, letters, deadlines, attachments, notes, and what happened.

import { el } from "../page/dom.js";
import { happened, letterState } from "./case_words.js";
import { read } from "./sending.js";
import { date, feet, number, say, titled } from "./words.js";

const KB = 1000;

/** @param {any} told */
export function facts(told) {
  const sigma = told.place?.sigma_ft;
  const lines = [
    [say("State"), told.status === "open" ? say("open") : [say("closed"), titled(told.outcome ?? "")].filter(Boolean).join(", ")],
    [say("Priority"), told.priority],
    [say("Officer"), told.officer ?? say("nobody yet")],
    [say("Address"), told.address],
    [say("Parcel"), told.parcel_id],
    [say("Place"), told.place?.how_located ? `${titled(told.place.how_located)}${sigma ? `, ± ${feet(sigma)}` : ""}` : null],
    [say("Of"), date(told.event_on)],
    [say("Due"), told.due_at ? date(told.due_at) : null],
  ].filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el("dl", {}, ...lines.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** @param {any} told @param {import("./sending.js").Visitor} who */
export function papers(told, who) {
  const rows = [
    ...told.letters.map((/** @type {any} */ one) => [say("Letter"), letterName(one, who), letterState(one)]),
    ...told.deadlines.map((/** @type {any} */ one) => [say("Deadline"), titled(one.kind), `${titled(one.state)}, ${date(one.due_at)}`]),
    ...told.attachments.map((/** @type {any} */ one) => [say("File"), fileName(told, one), size(one)]),
    ...told.notes.map((/** @type {any} */ one) => [say("Note"), one.text, `${one.by}, ${date(one.at)}`]),
  ];
  if (!rows.length) return [];
  const table = rows.map(([kind, name, state]) => el("tr", {}, el("th", { scope: "row" }, kind), el("td", {}, name, state ? el("span", { class: "state" }, state) : null)));
  return [el("h3", {}, say("On file")), el("table", { class: "papers" }, el("tbody", {}, ...table))];
}

/** A letter's text names people, so only those who may read names are led to it. @param {any} letter @param {import("./sending.js").Visitor} who */
function letterName(letter, who) {
  const name = letter.number ? `${titled(letter.template)} ${letter.number}` : titled(letter.template);
  const there = who.reads_names && letter.number;
  return there ? el("a", { href: `/letters/${encodeURIComponent(letter.number)}/pdf`, target: "_blank", rel: "noopener" }, name) : name;
}

/** @param {any} told @param {any} file */
const fileName = (told, file) => el("a", { href: `/cases/${encodeURIComponent(told.number)}/attachments/${encodeURIComponent(file.id)}`, download: file.name }, file.name);

/** @param {any} file */
function size(file) {
  const parts = [say("{size} kB", { size: number(Math.max(1, file.size / KB)) }), file.by, date(file.at)];
  if (file.distance_from_site_ft !== null && file.distance_from_site_ft !== undefined) parts.push(say("taken {distance} from the place", { distance: feet(file.distance_from_site_ft) }));
  return parts.join(", ");
}

/** @param {any} told @param {import("./sending.js").Visitor} who */
export function links(told, who) {
  const there = `/cases/${encodeURIComponent(told.number)}`;
  const packet = who.reads_names ? [link(`${there}/packet`, say("Hearing packet"))] : [];
  const exhibit = link(`${there}/exhibit.pdf`, say("Exhibit"));
  return el("p", { class: "links" }, link(`${there}/process.svg`, say("Process map")), ...packet, exhibit);
}

/** @param {string} address @param {string} text */
const link = (address, text) => el("a", { class: "preset", href: address, target: "_blank", rel: "noopener" }, text);

/** What happened, the newest first; read once it is wanted. @param {string} number @param {boolean} opened */
export function historyOf(number, opened) {
  const list = el("ol", { class: "history", id: "history" });
  const summary = el("summary", {}, say("Show the history"));
  const home = el("details", { class: "past", ...(opened ? { open: "" } : {}) }, summary, list);
  home.addEventListener("toggle", () => home.open && !list.childElementCount && readHistory(number, list));
  if (opened) readHistory(number, list);
  return [el("h3", {}, say("History")), home];
}

/** @param {string} number @param {any} list */
async function readHistory(number, list) {
  try {
    const told = await read(`/cases/${encodeURIComponent(number)}/events?limit=1000`);
    const lines = told.events.map((/** @type {any} */ event) => el("li", { "data-kind": event.kind }, el("time", { datetime: event.at }, date(event.at)), el("span", {}, happened(event))));
    list.replaceChildren(...lines.reverse());
  } catch (error) {
    list.replaceChildren(el("li", { class: "alert" }, say("No answer: {why}", { why: /** @type {Error} */ (error).message })));
  }
}
