// The page's words in the reader's language. The English text is the key; what has no Spanish yet is said in English.

import { SPANISH } from "./words_es.js";
import { TERMS } from "./words_es_terms.js";

/** `en` or `es`, as the service has chosen it: by `?lang=`, by what was chosen before, by what the browser asks for. */
export const language = document.documentElement.lang === "es" ? "es" : "en";
const LOCALE = { en: "en-US", es: "es-US" }[language];
const METERS_IN_FOOT = 0.3048;
const DAY_ALONE = /^\d{4}-\d\d-\d\d$/;

/**
 * A text in the reader's language: `say("{n} cases at this point.", { n: number(3) })`. The text is written out where it is
 * said, in double quotes, so that a test can find it.
 * @param {string} english
 * @param {Record<string, string | number>} [values] what stands for the names in braces
 * @returns {string}
 */
export function say(english, values = {}) {
  const text = language === "es" ? (/** @type {Record<string, string>} */ (SPANISH)[english] ?? english) : english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** One or several: `several(2, "{n} check", "{n} checks")`. @param {number} n @param {string} one @param {string} many */
export const several = (n, one, many) => say(n === 1 ? one : many, { n: number(n) });

/** `water_main` as people write it, in their language. @param {string} name */
export function term(name) {
  const spanish = language === "es" ? /** @type {Record<string, string>} */ (TERMS)[name] : undefined;
  return spanish ?? name.replaceAll("_", " ");
}

/** The same, as a line begins. @param {string} name */
export function titled(name) {
  const said = term(name);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** @param {number} value @param {number} [digits] after the point */
export const number = (value, digits = 0) =>
  value.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Feet, with metres beside them: `12.3 ft (3.7 m)`; empty without a value. @param {number | null | undefined} value in feet */
export function feet(value) {
  if (value === null || value === undefined) return "";
  const digits = Math.abs(value) >= 1000 ? 0 : 1;
  return `${number(value, digits)} ft (${number(value * METERS_IN_FOOT, digits)} m)`;
}

/** The time of a day: `9:12 AM`, and the day where it was another. @param {string} at */
export function time(at) {
  const then = new Date(at);
  const isToday = then.toDateString() === new Date().toDateString();
  return isToday ? then.toLocaleTimeString(LOCALE, { timeStyle: "short" }) : date(then.toISOString());
}

/** A day as it is written, a moment in the reader's time; a day alone never shifts. @param {string} at as ISO 8601 */
export function date(at) {
  if (DAY_ALONE.test(at)) return new Date(`${at}T12:00`).toLocaleDateString(LOCALE, { dateStyle: "medium" });
  return new Date(at).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });
}
