// Keys: each has a button that is seen, and those of one letter can be switched off.

import { byId } from "../page/dom.js";

const KEPT = "gis-ce-single-keys";

/** @param {import("./panel.js").Panel} panel */
export function listenForKeys(panel) {
  const box = byId("single-keys");
  box.checked = localStorage.getItem(KEPT) !== "off";
  box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && panel.view !== "cases") return panel.back();
    const typing = event.target instanceof HTMLElement && event.target.closest("input:not([type=checkbox]), select, textarea");
    if (typing || !box.checked) return;
    const act = { "/": () => byId("search").focus(), w: () => byId("tool-here").click(), d: () => byId("tool-draw").click(), t: () => byId("tool-trace").click(), l: () => byId("tool-layers").click(), "?": () => byId("tool-help").click() }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
