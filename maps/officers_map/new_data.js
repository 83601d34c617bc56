// A new version of the town's layers: an open page offers to load it, and never shows a new check over old tiles.

import { ask, byId } from "../page/dom.js";

const EVERY_MS = 60_000;

export class NewData {
  /** @param {import("./town_style.js").TownLayer[]} layers as they are drawn */
  constructor(layers) {
    this.drawn = new Map(layers.map(({ entry }) => [entry.name, entry.version]));
    byId("reload").addEventListener("click", () => location.reload());
    setInterval(() => this.look(), EVERY_MS);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.look());
  }

  async look() {
    const told = await ask("/layers").catch(() => null);
    if (told) this.differs(Object.fromEntries(told.layers.map((/** @type {any} */ one) => [one.name, one.version])));
  }

  /** Whether an answer rests on other versions than those drawn; then the page says so. @param {Record<string, string>} versions by layer */
  differs(versions) {
    const differs = Object.entries(versions ?? {}).some(([name, version]) => this.drawn.has(name) && this.drawn.get(name) !== version);
    if (differs) byId("new-data").hidden = false;
    return differs;
  }
}
