// Changes sent to the service, and in words why one was not taken. What was typed is never lost by it.

import { say } from "./words.js";

/** @typedef {{name: string | null, how: string, lanes: string[], csrf_token: string | null, sees_cases: boolean, reads_names: boolean,
 *   opens: {type: string, title: string}[]}} Visitor */
/** @typedef {"signed_out" | "changed" | "refused" | "away"} Why */

/** Something that the service did not do, or that did not reach it. */
export class Refused extends Error {
  /** @param {string} message @param {Why} why */
  constructor(message, why) {
    super(message);
    this.why = why;
  }
}

/** @type {Promise<Visitor> | null} */
let known = null;

/** Who looks at the page; asked once, or anew. @param {boolean} [anew] @returns {Promise<Visitor>} */
export function visitor(anew = false) {
  if (known === null || anew) known = reach("/map/visitor", {}).then((answer) => answer.json());
  known.catch(() => (known = null));
  return known;
}

/** Where one signs in, to come back to the page as it stands. */
export const signInAddress = () => `/sign-in?then=${encodeURIComponent(`/map${location.hash}`)}`;

/**
 * Sends a change and gives back what it has led to; raises Refused.
 * @param {string} address @param {any} body sent as JSON
 * @param {{seen?: number | null, key?: string | null, signal?: AbortSignal}} [also] the version of the case that was read; a name of
 *   this request, so that it is carried out once
 */
export async function send(address, body, { seen = null, key = null, signal } = {}) {
  const headers = { "Content-Type": "application/json", ...(seen === null ? {} : { "If-Match": `"${seen}"` }), ...(key ? { "Idempotency-Key": key } : {}) };
  const answer = await sendRaw(address, { method: "POST", headers, body: JSON.stringify(body), signal });
  return answer.json();
}

/** The same for any request; gives back the answer itself. @param {string} address @param {RequestInit} request */
export async function sendRaw(address, request) {
  const token = (await visitor()).csrf_token;
  let answer = await reach(address, withToken(request, token));
  if (answer.status === 403) {
    const fresh = (await visitor(true)).csrf_token;
    if (fresh !== token) answer = await reach(address, withToken(request, fresh));
  }
  if (answer.ok) return answer;
  throw await refusal(answer);
}

/** A JSON answer of the service; raises Refused. @param {string} address @param {AbortSignal} [signal] */
export async function read(address, signal) {
  const answer = await reach(address, { signal });
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

/** A name for one request: sent twice under it, it is carried out once. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {RequestInit} request @param {string | null} token */
const withToken = (request, token) => ({ ...request, headers: { ...request.headers, ...(token ? { "X-CSRF-Token": token } : {}) } });

/** @param {string} address @param {RequestInit} request */
async function reach(address, request) {
  try {
    return await fetch(address, { ...request, headers: { Accept: "application/json", ...request.headers } });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new Refused(say("The service was not reached. What you typed is kept; try again once there is a connection."), "away");
  }
}

/** @param {Response} answer */
async function refusal(answer) {
  const told = await answer.json().catch(() => null);
  const said = told?.detail ?? told?.title ?? say("The service answered {status}.", { status: answer.status });
  if (answer.status === 401) return new Refused(say("You are not signed in, or your sign-in has ended. What you typed is kept."), "signed_out");
  if (answer.status === 412 || answer.status === 409) return new Refused(said, "changed");
  return new Refused(said, answer.status >= 500 ? "away" : "refused");
}
