// The table of cases, and which of them are wanted: the one place that list, map and address agree by.

import { ask } from "../page/dom.js";
import { say } from "./words.js";

/** @typedef {{number: string, type: string, letters: string, kind: string, title: string, status: string, step: string,
 *   words: string, priority: number | null, officer: string | null, opened: number, due: number | null,
 *   address: string | null, parcel: string | null, lon: number | null, lat: number | null, overdue: boolean,
 *   days: number, slot: number, ageSlot: number}} Row */
/** @typedef {{open: boolean, type: string, priority: string, age: string, officer: string, overdue: boolean, text: string,
 *   colour: string}} Wanted */

export const AGES = [
  ["7", say("up to 7 days")],
  ["30", say("up to 30 days")],
  ["90", say("up to 90 days")],
  ["over", say("over 90 days")],
];
const DAY_MS = 86_400_000;
const LEAST_OF_SLOT = [75, 50, 25, 0];
/** Bounds of the priorities of each slot, the most urgent first, as people read them. */
export const BOUNDS = ["75–100", "50–74", "25–49", "0–24"];

/** @type {Wanted} */
export const NOTHING = { open: true, type: "", priority: "", age: "", officer: "", overdue: false, text: "", colour: "priority" };

export class CaseStore {
  constructor() {
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Wanted} */
    this.wanted = { ...NOTHING };
    /** @type {Record<string, {title: string}>} */
    this.types = {};
    /** @type {Row[]} the cases that are wanted, the most urgent first */
    this.matching = [];
    this.more = false;
    /** @type {"asked" | "read" | "unread"} how it stands with the table: what was read once stays, also when it cannot be read again */
    this.state = "asked";
    this.why = "";
    this.withClosed = false;
    /** @type {(() => void)[]} */
    this.listeners = [];
  }

  /** @param {() => void} listener called when the cases or what is wanted have changed */
  listen(listener) {
    this.listeners.push(listener);
  }

  /** Reads the table: open cases, and the closed ones once they are wanted. */
  async load() {
    this.withClosed = !this.wanted.open;
    const told = await ask(`/map/cases${this.withClosed ? "?closed=true" : ""}`).catch((error) => this.unread(error));
    this.state = "read";
    this.types = told.types;
    this.more = told.more;
    this.rows = rowsOf(told);
    this.tell();
  }

  /** Tells why there is no table, so that no page shows an empty one. @param {Error} error @returns {never} */
  unread(error) {
    if (this.state !== "read") [this.state, this.why] = ["unread", error.message];
    this.tell();
    throw error;
  }

  /** @param {Partial<Wanted>} change */
  async want(change) {
    this.wanted = { ...this.wanted, ...change };
    if (!this.wanted.open && !this.withClosed) await this.load();
    else this.tell();
  }

  tell() {
    const words = this.wanted.text.trim().toLowerCase();
    this.matching = this.rows.filter((row) => meets(row, this.wanted, words)).sort(byUrgency);
    this.listeners.forEach((listener) => listener());
  }

  /** @param {string} number */
  find(number) {
    return this.rows.find((row) => row.number === number) ?? null;
  }

  /** @returns {string[]} */
  officers() {
    return [...new Set(this.rows.flatMap((row) => row.officer || []))].sort();
  }
}

/** @param {any} told @returns {Row[]} */
function rowsOf(told) {
  const { columns, types, steps } = told;
  const now = Date.parse(told.now);
  return columns.number.map((/** @type {string} */ number, /** @type {number} */ at) => {
    const type = columns.type[at];
    const opened = Date.parse(columns.opened_at[at]);
    const due = columns.due_at[at] ? Date.parse(columns.due_at[at]) : null;
    const status = columns.status[at];
    const days = Math.max(0, Math.floor((now - opened) / DAY_MS));
    return {
      number, type, opened, due, status, days,
      letters: lettersOf(number),
      kind: types[type]?.title ?? type,
      title: columns.title[at],
      step: columns.step[at],
      words: steps[type]?.[columns.step[at]] ?? columns.step[at],
      priority: columns.priority[at],
      officer: columns.officer[at],
      address: columns.address[at],
      parcel: columns.parcel_id[at],
      lon: columns.lon[at],
      lat: columns.lat[at],
      overdue: status === "open" && due !== null && due < now,
      slot: slotOf(columns.priority[at]),
      ageSlot: days <= 7 ? 4 : days <= 30 ? 3 : days <= 90 ? 2 : 1,
    };
  });
}

/** The worst slot is 1; a priority goes from 0 to 100, the most urgent. @param {number | null} priority */
export const slotOf = (priority) => 1 + LEAST_OF_SLOT.findIndex((least) => (priority ?? 0) >= least);

/** The first and the last letter of what a number begins with tell the kinds apart. @param {string} number */
const lettersOf = (number) => number.replace(/-.*/, "").replace(/^(.).*(.)$/, "$1$2");

/** @param {Row} row @param {Wanted} wanted @param {string} words */
function meets(row, wanted, words) {
  if (wanted.open && row.status !== "open") return false;
  if (wanted.type && row.type !== wanted.type) return false;
  if (wanted.priority && (wanted.priority === "none" ? row.priority !== null : row.priority === null || String(row.slot) !== wanted.priority)) return false;
  if (wanted.officer && (row.officer ?? "nobody") !== wanted.officer) return false;
  if (wanted.overdue && !row.overdue) return false;
  if (wanted.age && !ofAge(row.days, wanted.age)) return false;
  return !words || [row.number, row.title, row.address, row.parcel, row.officer].some((one) => one?.toLowerCase().includes(words));
}

/** @param {number} days @param {string} age */
const ofAge = (days, age) => (age === "over" ? days > 90 : days <= Number(age));

/** Overdue, then priority, then age. @param {Row} a @param {Row} b */
const byUrgency = (a, b) =>
  Number(b.overdue) - Number(a.overdue) || Number(a.status !== "open") - Number(b.status !== "open") || (b.priority ?? -1) - (a.priority ?? -1) || a.opened - b.opened;
