// What is typed is kept in this tab until it is sent: a refusal, a sign-in or a reload loses nothing.

/** @typedef {Record<string, string>} Values */

/** @param {string} name */
const keyOf = (name) => `gis-ce-draft ${name}`;

/** What was typed in a form before, or nothing. @param {string} name @returns {Values} */
export function draftOf(name) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(name)) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} name @param {Values} values */
export function keepDraft(name, values) {
  try {
    sessionStorage.setItem(keyOf(name), JSON.stringify(values));
  } catch {
    // A tab without storage keeps what is typed in the form alone.
  }
}

/** @param {string} name */
export function forgetDraft(name) {
  try {
    sessionStorage.removeItem(keyOf(name));
  } catch {
    // Nothing was kept.
  }
}
