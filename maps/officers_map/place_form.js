// A place as it is sent: how it was put down says how good it is.

import { el } from "../page/dom.js";
import { field } from "./work_form.js";
import { feet, say } from "./words.js";

/** @typedef {import("./pin.js").Placed} Placed */

/** A place as the service takes it. @param {Placed} placed @param {string} typed the sigma as it stands in the form, in feet */
export function placeOf(placed, typed) {
  const said = Number(typed);
  const sigma_ft = typed.trim() !== "" && Number.isFinite(said) && said >= 0 ? said : placed.sigma_ft;
  const at = { lon: Number(placed.lon.toFixed(8)), lat: Number(placed.lat.toFixed(8)), sigma_ft, how: placed.how };
  return placed.how === "gps" ? { ...at, datum: "GPS" } : at;
}

/** The box for how good a place is, in feet. @param {Placed | null} placed */
export function sigmaField(placed) {
  const input = el("input", { name: "sigma", type: "text", inputmode: "decimal", autocomplete: "off", value: placed ? String(placed.sigma_ft) : "" });
  const box = field(say("Good to ± feet (one sigma)"), input, { hint: placed ? howGood(placed) : "" });
  return { box, input };
}

/** @param {Placed} placed */
export const howGood = (placed) =>
  placed.how === "gps" ? say("From your location: {sigma}.", { sigma: feet(placed.sigma_ft) }) : say("Put down by hand at this zoom: {sigma}. A closer zoom is better.", { sigma: feet(placed.sigma_ft) });
