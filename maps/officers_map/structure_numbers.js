// A structure by numbers: feet and a bearing become a shape around a place, on the ellipsoid of GRS 80.

const METERS_IN_FOOT = 1200 / 3937;
const MAJOR_M = 6_378_137;
const ECCENTRICITY_2 = 0.006694380022901;

/** @typedef {{lng: number, lat: number}} At */

/**
 * A rectangle around a place, its length in the direction of the bearing.
 * @param {At} at @param {number} width_ft @param {number} length_ft @param {number} bearing_deg clockwise from north
 */
export function rectangleAt(at, width_ft, length_ft, bearing_deg) {
  const [w, l] = [width_ft / 2, length_ft / 2];
  const ring = [[-w, -l], [w, -l], [w, l], [-w, l], [-w, -l]].map(([right, ahead]) => moved(at, right, ahead, bearing_deg));
  return { type: "Polygon", coordinates: [ring] };
}

/** A straight line, its middle at a place. @param {At} at @param {number} length_ft @param {number} bearing_deg clockwise from north */
export function lineAt(at, length_ft, bearing_deg) {
  return { type: "LineString", coordinates: [-length_ft / 2, length_ft / 2].map((ahead) => moved(at, 0, ahead, bearing_deg)) };
}

/** @param {At} at @param {number} right in feet @param {number} ahead in feet @param {number} bearing_deg */
function moved({ lng, lat }, right, ahead, bearing_deg) {
  const [bearing, latitude] = [(bearing_deg * Math.PI) / 180, (lat * Math.PI) / 180];
  const east_m = (right * Math.cos(bearing) + ahead * Math.sin(bearing)) * METERS_IN_FOOT;
  const north_m = (ahead * Math.cos(bearing) - right * Math.sin(bearing)) * METERS_IN_FOOT;
  const flat = 1 - ECCENTRICITY_2 * Math.sin(latitude) ** 2;
  const along_m = (MAJOR_M * (1 - ECCENTRICITY_2)) / flat ** 1.5;
  const across_m = (MAJOR_M / Math.sqrt(flat)) * Math.cos(latitude);
  return [lng + ((east_m / across_m) * 180) / Math.PI, lat + ((north_m / along_m) * 180) / Math.PI];
}
