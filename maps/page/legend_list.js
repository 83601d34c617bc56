// What is drawn on a stand-alone page, in words, each look once.

import { swatch } from "./shapes.js";

/** @param {any[]} entries */
export function legendOf(entries) {
  const list = document.getElementById("legend");
  const seen = new Set();
  const rows = [];
  for (const [look, modelled] of entries) {
    const title = look.title + (modelled ? " (modelled)" : "");
    if (seen.has(title)) continue;
    seen.add(title);
    const row = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = title;
    row.append(swatch(look, modelled), words);
    rows.push(row);
  }
  list?.replaceChildren(...rows);
}
