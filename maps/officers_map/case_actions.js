// What is added to a case: a note, a photo or another file.

import { el } from "../page/dom.js";
import { newKey, Refused, send } from "./sending.js";
import { sendFile } from "./uploads.js";
import { field, refusalNote, textBox, workForm } from "./work_form.js";
import { number, say } from "./words.js";

/** @typedef {import("./case_work.js").CaseWork} CaseWork */

/** @param {CaseWork} work @param {() => void} cancel */
export function noteForm(work, cancel) {
  return workForm({
    name: `${work.told.number} note`,
    parts: [field(say("Note"), textBox("text", 4), { required: true })],
    submit: say("Keep the note"),
    act: async (values, key) => {
      await send(`${work.address}/notes`, { text: values.text }, { key });
      await work.changed(say("Note kept."));
    },
    reread: () => work.reread(),
    cancel,
  });
}

/**
 * Chooses files, or takes a photo on a phone, and attaches each; says in words how far it is.
 * @param {CaseWork} work @param {{field?: string, label: string, camera: boolean}} given `field` of the present step that asks for it
 */
export function fileControl(work, given) {
  const told = el("div", { class: "files-told", role: "status" });
  const pick = (/** @type {string} */ words, /** @type {Record<string, any>} */ kind) => {
    const input = el("input", { type: "file", class: "file-input", multiple: "", ...kind, change: () => attachAll(work, [...input.files], given.field, told) });
    return el("label", { class: "preset file-button" }, words, input);
  };
  const camera = given.camera ? [pick(say("Take a photo"), { accept: "image/*", capture: "environment" })] : [];
  return el("div", { class: "work-field", role: "group", "aria-label": given.label }, el("span", { class: "file-label" }, given.label), el("div", { class: "row" }, ...camera, pick(say("Choose files"), {})), told);
}

/** @param {CaseWork} work @param {File[]} files @param {string | undefined} name @param {any} told */
async function attachAll(work, files, name, told) {
  for (const file of files) if (!(await attachOne(work, file, name, told))) return;
  if (files.length) await work.changed(say("Attached: {names}.", { names: files.map((file) => file.name).join(", ") }));
}

/** Whether a file was attached; else says why, with a button that goes on. @param {CaseWork} work @param {File} file @param {string | undefined} name @param {any} told */
async function attachOne(work, file, name, told) {
  const bar = el("progress", { max: file.size, value: 0, "aria-label": say("Sending {name}", { name: file.name }) });
  const line = el("p", { class: "hint" });
  told.replaceChildren(bar, line);
  try {
    const hash = await sendFile(file, (sent) => {
      bar.value = sent;
      line.textContent = say("Sending {name}: {percent} %", { name: file.name, percent: number(Math.floor((100 * sent) / Math.max(1, file.size))) });
    });
    await attached(work, hash, name);
    return true;
  } catch (error) {
    const again = el("button", { type: "button", class: "preset", click: () => attachAll(work, [file], name, told) }, say("Go on sending {name}", { name: file.name }));
    const why = /** @type {Error} */ (error);
    told.replaceChildren(refusalNote(why, () => work.reread()), ...(why instanceof Refused && why.why === "away" ? [again] : []));
    return false;
  }
}

/** Attaches what has arrived, under its hash. @param {CaseWork} work @param {string} sha256 @param {string | undefined} name */
async function attached(work, sha256, name) {
  const item = { key: newKey(), do: "attach", case: work.told.number, with: { sha256, ...(name ? { field: name } : {}) }, ...(name ? { seen: work.told.row_version } : {}) };
  const { results } = await send("/sync/batch", { items: [item] });
  const [{ status, said, done }] = results;
  if (status === "conflict") throw new Refused(say("Somebody was faster: the case has changed meanwhile."), "changed");
  if (status === "later") throw new Refused(said, "away");
  if (!done) throw new Refused(said, "refused");
  if (name) work.told.row_version = done.row_version;
}
