// The page of accounts: who may sign in and act where. Every change is the service's own; the page only asks for it.

import { read, Refused, send, visitor } from "../officers_map/sending.js";
import { date, say, term } from "../officers_map/words.js";
import { byId, el } from "./dom.js";

/** @typedef {{name: string, display: string, active: boolean, lanes: string[], roles: string[], provider: string | null}} Account */
/** @typedef {{lane: string, role: string}} Lane */
/** @typedef {{at: string, by: string, account: string, what: string, said: string | null}} Change */

const SHORTEST = 12;
const SHOWN = 20;
/** What was done, in words. @type {Record<string, () => string>} */
const DONE = {
  made: () => say("made"),
  lanes: () => say("other lanes"),
  disabled: () => say("disabled"),
  enabled: () => say("enabled again"),
  password: () => say("another password"),
};

/** Everything anew. @param {string} [said] what has just been done @param {string} [open] the account that stays open */
async function show(said = "", open = "") {
  try {
    const [told, log, me] = await Promise.all([read("/accounts"), read(`/accounts/changes?limit=${SHOWN}`), visitor()]);
    const lanes = told.lanes.filter((/** @type {Lane} */ one) => one.role !== "public");
    const rows = told.accounts.map((/** @type {Account} */ one) => el("li", {}, card(one, lanes, one.name === open, one.name === me.name)));
    byId("accounts").replaceChildren(el("ul", { id: "list" }, ...rows), maker(lanes), ...changes(log.changes));
    tell(said, "done");
  } catch (error) {
    refused(error);
  }
}

/** @param {string} said @param {string} kind */
function tell(said, kind) {
  const place = byId("said");
  place.className = said ? kind : "";
  place.textContent = said;
}

/** @param {unknown} error */
function refused(error) {
  const signed_out = error instanceof Refused && error.why === "signed_out";
  tell(signed_out ? say("Sign in as an administrator to see the accounts.") : /** @type {Error} */ (error).message, "alert");
}

/** @param {Account} account @param {Lane[]} lanes @param {boolean} open @param {boolean} own whether it is the reader's own */
function card(account, lanes, open, own) {
  const at = `/accounts/${encodeURIComponent(account.name)}`;
  const roles = account.active ? account.roles.map(term).join(", ") : say("may not sign in");
  const other = account.active ? say("Disable") : say("Enable again");
  return el(
    "details",
    { open, class: account.active ? null : "off", "data-account": account.name },
    el("summary", {}, el("strong", {}, account.name), account.display === account.name ? null : account.display, el("span", { class: "quiet" }, roles)),
    el(
      "div",
      { class: "inside" },
      form(say("Save the lanes"), [boxes(lanes, account.lanes)], (given) => done(`${at}/lanes`, { lanes: given.getAll("lane") }, account.name)),
      account.provider
        ? el("p", { class: "quiet" }, say("Signs in through {provider}; their groups there say where they act.", { provider: account.provider }))
        : form(say("Set the password"), passwords(account.name, own), (given) => done(`${at}/password`, password(given), account.name)),
      el("button", { class: "plain", type: "button", click: () => done(`${at}/${account.active ? "disable" : "enable"}`, {}, account.name) }, other),
    ),
  );
}

/** @param {Lane[]} lanes */
function maker(lanes) {
  const fields = [
    ...field("new-name", say("Name to sign in with"), { name: "name", required: true, maxlength: 64, pattern: "[a-z0-9][a-z0-9._@\\-]*", autocapitalize: "none", spellcheck: "false", autocomplete: "off", title: say("Small letters, digits and . _ @ -") }),
    ...field("new-display", say("Name as people read it"), { name: "display", maxlength: 200, autocomplete: "off" }),
    ...field("new-password", say("Password"), { name: "password", type: "password", required: true, minlength: SHORTEST, maxlength: 256, autocomplete: "new-password" }),
    boxes(lanes, []),
  ];
  const make = (/** @type {FormData} */ given) =>
    done("/accounts", { name: given.get("name"), display: given.get("display"), password: given.get("password"), lanes: given.getAll("lane") }, String(given.get("name")));
  return el("section", { id: "new" }, el("h2", {}, say("A new account")), form(say("Make the account"), fields, make));
}

/** @param {Lane[]} lanes @param {string[]} chosen */
function boxes(lanes, chosen) {
  const box = (/** @type {Lane} */ one) =>
    el("label", {}, el("input", { type: "checkbox", name: "lane", value: one.lane, checked: chosen.includes(one.lane) }), say("{lane} ({role})", { lane: one.lane, role: term(one.role) }));
  return el("fieldset", {}, el("legend", {}, say("Lanes, with their roles")), el("div", { class: "lanes" }, ...lanes.map(box)));
}

/** @param {string} name @param {boolean} own */
function passwords(name, own) {
  return [
    el("input", { type: "text", value: name, autocomplete: "username", hidden: true }),
    ...field(`password-${name}`, say("A new password, of 12 characters or more"), { name: "password", type: "password", required: true, minlength: SHORTEST, maxlength: 256, autocomplete: "new-password" }),
    ...(own ? field("current", say("Your present password"), { name: "current", type: "password", required: true, maxlength: 256, autocomplete: "current-password" }) : []),
  ];
}

/** @param {FormData} given */
const password = (given) => ({ password: given.get("password"), ...(given.get("current") ? { current: given.get("current") } : {}) });

/** @param {string} id @param {string} label @param {Record<string, any>} attributes */
const field = (id, label, attributes) => [el("label", { for: id }, label), el("input", { id, ...attributes })];

/** @param {string} button @param {Node[]} fields @param {(given: FormData) => void} then */
function form(button, fields, then) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    then(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)));
  };
  return el("form", { submit }, ...fields, el("button", { type: "submit" }, button));
}

/** @param {Change[]} told */
function changes(told) {
  if (!told.length) return [];
  const line = (/** @type {Change} */ one) =>
    el("li", {}, say("{at}: {by} about {account}: {what}", { at: date(one.at), by: one.by, account: one.account, what: DONE[one.what]() }), one.said ? ` (${one.said})` : null);
  return [el("h2", {}, say("What was done")), el("ul", { class: "changes", id: "changes" }, ...told.map(line))];
}

/** Sends a change, and shows what is then. @param {string} address @param {any} body @param {string} name */
async function done(address, body, name) {
  try {
    await send(address, body);
  } catch (error) {
    refused(error);
    byId("said").scrollIntoView({ block: "center" });
    return;
  }
  await show(say("It is done: {name}.", { name }), name);
  byId("said").scrollIntoView({ block: "center" });
}

show();
