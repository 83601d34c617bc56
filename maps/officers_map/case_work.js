// Working on one case: every change is sent with the version that was read, and the case is shown anew.

import { carryOut } from "./work_form.js";
import { send } from "./sending.js";
import { el } from "../page/dom.js";

export class CaseWork {
  /**
   * @param {any} told the case as it was read @param {import("./sending.js").Visitor} who
   * @param {(said: string) => Promise<void>} changed shows the case anew after a change, and says what was done
   * @param {() => void} reread shows it anew as it is
   */
  constructor(told, who, changed, reread) {
    this.told = told;
    this.who = who;
    this.changed = changed;
    this.reread = reread;
    /** @type {import("./step_form.js").StepForm | null} */
    this.stepForm = null;
  }

  get address() {
    return `/cases/${encodeURIComponent(this.told.number)}`;
  }

  /** @param {string} path under the case @param {any} body @param {string} said what is told of it @param {string} [key] */
  async change(path, body, said, key) {
    const done = await send(`${this.address}${path}`, body, { seen: this.told.row_version, key: key ?? null });
    await this.changed(said);
    return done;
  }

  /** Runs a change of a single button, and says beside it what was refused. @param {any} home @param {() => Promise<any>} act */
  run(home, act) {
    let problem = home.querySelector(":scope > .problem");
    if (!problem) home.append((problem = el("div", { class: "problem" })));
    const [button] = home.querySelectorAll("button.do");
    return carryOut({ name: "", reread: this.reread }, button ?? home, problem, act);
  }
}
