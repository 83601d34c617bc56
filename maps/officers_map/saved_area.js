// "Save this area": its tiles and cases on the device, with size, date and a button that deletes them.

import { ask, byId, el } from "../page/dom.js";
import { visitor } from "./sending.js";
import { date, number, say } from "./words.js";

const FIRST_ZOOM = 10;
const MOST_TILES = 3_000;
const MOST_CASES = 200;
const AT_ONCE = 6;
const ABOUT = "/map/saved-area";

/** @typedef {import("./map_view.js").MapView} MapView */
/** @typedef {import("./case_store.js").CaseStore} CaseStore */

export class SavedAreas {
  /** @param {MapView} view @param {CaseStore} store */
  constructor(view, store) {
    this.view = view;
    this.store = store;
    this.button = byId("save-area");
    this.button.hidden = !("caches" in window);
    this.button.addEventListener("click", () => this.save());
    this.list();
  }

  async save() {
    const tiles = await tilesOf(this.view.map);
    if (tiles.length > MOST_TILES) return this.tell(say("Too large to save: zoom in. It has {n} tiles; at most {most} are kept.", { n: number(tiles.length), most: number(MOST_TILES) }));
    this.button.setAttribute("aria-disabled", "true");
    const name = `area-${Date.now()}`;
    try {
      await navigator.storage?.persist?.();
      const bytes = await this.fetchAll(await caches.open(name), tiles);
      await this.readCases();
      const about = { at: new Date().toISOString(), bytes, tiles: tiles.length };
      await (await caches.open(name)).put(ABOUT, new Response(JSON.stringify(about)));
      this.tell(say("This area is saved on the device."));
    } catch (error) {
      await caches.delete(name);
      this.tell(say("Nothing was saved: {why}", { why: /** @type {Error} */ (error).message }));
    }
    this.button.removeAttribute("aria-disabled");
    await this.list();
  }

  /** @param {Cache} cache @param {string[]} tiles */
  async fetchAll(cache, tiles) {
    let [bytes, done] = [0, 0];
    const left = [...tiles];
    const one = async () => {
      for (let url = left.pop(); url; url = left.pop()) {
        const answer = await fetch(url);
        if (!answer.ok) throw new Error(`${answer.status}`);
        bytes += (await answer.clone().arrayBuffer()).byteLength;
        await cache.put(url, answer);
        done += 1;
        if (done % 20 === 0) this.tell(say("Saving: {done} of {all}", { done: number(done), all: number(tiles.length) }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return bytes;
  }

  /** The cases in view are read once, so that the worker has them. */
  async readCases() {
    const seen = this.store.matching.filter((row) => this.view.sees(row)).slice(0, MOST_CASES);
    await visitor(true);
    for (const row of seen) {
      const address = `/cases/${encodeURIComponent(row.number)}`;
      await Promise.all([ask(address), ask(`${address}/proposals?evidence=true`)]);
    }
  }

  async list() {
    if (!("caches" in window)) return;
    const names = (await caches.keys()).filter((name) => name.startsWith("area-"));
    const rows = await Promise.all(names.map((name) => this.row(name)));
    byId("saved-areas").replaceChildren(...rows.filter((row) => row !== null));
  }

  /** @param {string} name */
  async row(name) {
    const about = await (await (await caches.open(name)).match(ABOUT))?.json();
    if (!about) return null;
    const remove = () => caches.delete(name).then(() => this.list());
    const words = say("Saved {date}, {size} MB", { date: date(about.at), size: number(about.bytes / 1e6, 2) });
    return el("li", { class: "kept-row" }, el("span", {}, words), el("button", { type: "button", class: "preset", click: remove }, say("Delete")));
  }

  /** @param {string} text */
  tell(text) {
    byId("save-told").textContent = text;
  }
}

/** The addresses of the tiles of what the map shows, from afar to as near as they are made. @param {any} map @returns {Promise<string[]>} */
async function tilesOf(map) {
  const bounds = map.getBounds();
  const corners = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => [(at.lng + 180) / 360, mercator(at.lat)]);
  const sources = Object.values(map.getStyle().sources).filter((/** @type {any} */ one) => one.type === "vector");
  const told = await Promise.all(sources.map((/** @type {any} */ one) => (one.url ? ask(one.url) : one)));
  return told.flatMap(({ tiles, minzoom = 0, maxzoom = 18 }) => {
    const zooms = Array.from({ length: maxzoom + 1 }, (_, zoom) => zoom).filter((zoom) => zoom >= Math.max(minzoom, FIRST_ZOOM));
    return zooms.flatMap((zoom) => within(corners, zoom).map(([x, y]) => tiles[0].replace("{z}", zoom).replace("{x}", x).replace("{y}", y)));
  });
}

/** @param {number} lat */
const mercator = (lat) => (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;

/** @param {number[][]} corners @param {number} zoom @returns {number[][]} */
function within([[west, north], [east, south]], zoom) {
  const [left, right, top, bottom] = [west, east, north, south].map((part) => Math.floor(part * 2 ** zoom));
  const found = [];
  for (let x = left; x <= right; x += 1) for (let y = top; y <= bottom; y += 1) found.push([x, y]);
  return found;
}
