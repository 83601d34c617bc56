// A file sent in pieces (tus 1.0.0), gone on with after a break, and held against its hash.

import { newKey, Refused, sendRaw } from "./sending.js";
import { say } from "./words.js";

const PIECE_BYTES = 512 * 1024;
const TRIES = 5;
const FIRST_WAIT_MS = 500;
const TUS = { "Tus-Resumable": "1.0.0" };

/** The ids under which files were begun in this page, to go on with them. @type {Map<string, string>} */
const begun = new Map();

/**
 * Sends a file and gives back its hash once the service has it whole; raises Refused. Asked for again after a break, it goes on.
 * @param {File} file @param {(sent: number) => void} tell is told how many bytes are there
 * @returns {Promise<string>}
 */
export async function sendFile(file, tell) {
  const name = `${file.name} ${file.size} ${file.lastModified}`;
  if (!begun.has(name)) begun.set(name, newKey());
  const address = await begin(file, /** @type {string} */ (begun.get(name)));
  const hash = await allPieces(file, address, tell);
  begun.delete(name);
  return hash;
}

/** @param {File} file @param {string} id */
async function begin(file, id) {
  const sha256 = await hashOf(file);
  const words = { filename: file.name || "photo.jpg", id, ...(sha256 ? { sha256 } : {}) };
  const metadata = Object.entries(words).map(([name, value]) => `${name} ${base64(value)}`).join(",");
  const headers = { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": metadata };
  const answer = await sendRaw("/uploads", { method: "POST", headers });
  return answer.headers.get("Location") ?? `/uploads/${id}`;
}

/** @param {File} file @param {string} address @param {(sent: number) => void} tell */
async function allPieces(file, address, tell) {
  let failed = 0;
  for (;;) {
    try {
      const there = await sendRaw(address, { method: "HEAD", headers: TUS });
      let offset = Number(there.headers.get("Upload-Offset"));
      let hash = there.headers.get("Upload-Sha256");
      while (!hash && offset < file.size) {
        tell(offset);
        const answer = await piece(file, address, offset);
        offset = Number(answer.headers.get("Upload-Offset"));
        hash = answer.headers.get("Upload-Sha256");
        failed = 0;
      }
      if (hash) return (tell(file.size), hash);
      throw new Refused(say("The file arrived but was not taken."), "refused");
    } catch (error) {
      failed += 1;
      if (!(error instanceof Refused) || error.why !== "away" || failed >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** failed));
    }
  }
}

/** @param {File} file @param {string} address @param {number} offset */
function piece(file, address, offset) {
  const headers = { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
  return sendRaw(address, { method: "PATCH", headers, body: file.slice(offset, offset + PIECE_BYTES) });
}

/** The hash of a file; empty where the browser gives none (a page without TLS). @param {File} file */
async function hashOf(file) {
  if (!crypto.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text */
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
