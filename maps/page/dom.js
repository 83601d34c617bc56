// Elements from values: text is always text, never markup.

import { say } from "../officers_map/words.js";

/**
 * @param {string} tag
 * @param {Record<string, any>} attributes a function is listened to as an event; null, undefined and false are left out
 * @param {(Node | string | number | null | undefined)[]} children
 * @returns {any}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** The element of that id, which the page is known to have. @param {string} id @returns {any} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element ${id}.`);
  return found;
}

/**
 * A JSON answer of our own service; throws an Error whose message says what the service said.
 * @param {string} address @param {AbortSignal} [signal]
 */
export async function ask(address, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: "application/json" } }).catch((error) => {
    if (signal?.aborted) throw error;
    throw new Error(say("This needs a connection."));
  });
  const told = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(told?.detail ?? told?.title ?? `The service answered ${answer.status}.`);
  return told;
}
