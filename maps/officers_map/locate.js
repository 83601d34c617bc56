// Where the phone says that it is, and how good that is.

/** @typedef {{lon: number, lat: number, sigma_ft: number, radius_ft: number, at: number}} Fix */

const METERS_IN_FOOT = 0.3048;
/** A phone states a radius that holds 68 % of its positions; on one axis that is so many sigmas. */
const SIGMAS_IN_68_PERCENT = 1.515;

/** The last fix, or null. @type {Fix | null} */
let last = null;
export const lastFix = () => last;

/**
 * Listens to the button of the map that locates; `found` is called once for each press, with the first fix after it.
 * @param {any} control @param {(fix: Fix) => void} found @param {(said: string) => void} failed
 */
export function listenToFixes(control, found, failed) {
  let wanted = false;
  control.on("trackuserlocationstart", () => (wanted = true));
  control.on("geolocate", (/** @type {any} */ event) => {
    last = fixOf(event.coords);
    if (!control.options.trackUserLocation || wanted) found(last);
    wanted = false;
  });
  control.on("error", (/** @type {any} */ event) => failed(event.message ?? ""));
}

/** @param {{longitude: number, latitude: number, accuracy: number}} coords @returns {Fix} */
function fixOf(coords) {
  const radius_ft = coords.accuracy / METERS_IN_FOOT;
  return { lon: coords.longitude, lat: coords.latitude, radius_ft, sigma_ft: Math.max(0.1, Math.round((radius_ft / SIGMAS_IN_68_PERCENT) * 10) / 10), at: Date.now() };
}
