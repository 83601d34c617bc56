// What was written without a connection: kept on the device under a name of its own, sent once, and kept until it is taken.

import { Refused, send, visitor } from "./sending.js";
import { sendFile } from "./uploads.js";
import { say } from "./words.js";

/** @typedef {{key: string, case: string, text: string, file: File | null, name: string, at: string, by: string | null, said: string | null}} Waiting */

const STORE = "outbox";

export class Outbox {
  /** @param {() => void} changed is called when something was added, sent or refused */
  constructor(changed) {
    this.changed = changed;
    this.opened = openStore();
  }

  /** @returns {Promise<Waiting[]>} the oldest first */
  async all() {
    const all = await asked((await this.table("readonly")).getAll());
    return all.sort((/** @type {Waiting} */ one, /** @type {Waiting} */ other) => one.at.localeCompare(other.at));
  }

  /** @param {string} number of the case @param {string} text @param {File | null} file */
  async add(number, text, file) {
    const who = await visitor().catch(() => null);
    const one = { key: crypto.randomUUID(), case: number, text, file, name: file?.name ?? "", at: new Date().toISOString(), by: who?.name ?? null, said: null };
    await asked((await this.table("readwrite")).put(one));
    this.changed();
    await this.send();
  }

  /** @param {string} key */
  async drop(key) {
    await asked((await this.table("readwrite")).delete(key));
    this.changed();
  }

  /** Sends what waits, in its order; one page of a browser at a time. */
  async send() {
    await navigator.locks.request("gis-ce-outbox", { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      const waiting = await this.all();
      const who = waiting.length ? await visitor(true).catch(() => null) : null;
      if (who) for (const one of waiting) if (!(await this.sendOne(one, who.name))) return;
    });
  }

  /** Whether the service was reached. @param {Waiting} one @param {string | null} name of whoever is signed in */
  async sendOne(one, name) {
    if (one.by !== name) return this.refused(one, say("Written by {name}, who is to sign in to send it.", { name: one.by ?? say("nobody signed in") }));
    try {
      const sha256 = one.file ? await sendFile(one.file, () => {}) : null;
      const what = sha256 ? { do: "attach", with: { sha256 } } : { do: "note", with: { text: one.text } };
      const { results } = await send("/sync/batch", { items: [{ key: one.key, case: one.case, ...what }] });
      const [{ status, said }] = results;
      if (status === "done" || status === "repeated") await this.drop(one.key);
      else if (status !== "later") await this.refused(one, said);
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || error.why === "away") return false;
      return this.refused(one, error.message);
    }
  }

  /** @param {Waiting} one @param {string} said */
  async refused(one, said) {
    await asked((await this.table("readwrite")).put({ ...one, said }));
    this.changed();
    return true;
  }

  /** @param {IDBTransactionMode} mode */
  async table(mode) {
    return (await this.opened).transaction(STORE, mode).objectStore(STORE);
  }
}

/** @returns {Promise<IDBDatabase>} */
function openStore() {
  const request = indexedDB.open("gis-ce", 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE, { keyPath: "key" }));
  return asked(request);
}

/** @param {IDBRequest} request @returns {Promise<any>} */
const asked = (request) =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
