/**
 * The switch, the sliders and the button: what they show is what the server has
 * said, and what a visitor changes goes there first.
 *
 * @module
 */

/// <reference lib="dom" />

import type { Settings } from "../settings.ts";
import { byId, within } from "./element.ts";
import { count, shownMs } from "./numbers.ts";

const range = (id: string) => byId<HTMLInputElement>(id);
const policy = byId<HTMLSelectElement>("policy");
const run = byId<HTMLButtonElement>("run");
const modes = byId("mode").querySelectorAll("input");

/** Sliders of powers of two tell the exponent. */
const powers = ["callers", "size"] as const;
const amounts = ["waitMs", "concurrency"] as const;

/** What visitors set. */
export class Controls {
  readonly #onChange: (settings: Settings) => void;
  #settings: Settings | undefined;

  /** `onChange` is told what a visitor wants. */
  constructor(onChange: (settings: Settings) => void) {
    this.#onChange = onChange;
    for (const mode of modes) {
      mode.addEventListener(
        "change",
        () => this.#change({ mode: mode.value as Settings["mode"] }),
      );
    }
    for (const id of powers) {
      range(id).addEventListener(
        "input",
        () => this.#change({ [id]: 2 ** range(id).valueAsNumber }),
      );
    }
    for (const id of amounts) {
      range(id).addEventListener(
        "input",
        () => this.#change({ [id]: range(id).valueAsNumber }),
      );
    }
    policy.addEventListener(
      "change",
      () => this.#change({ policy: policy.value as Settings["policy"] }),
    );
    run.addEventListener(
      "click",
      () => this.#change({ running: !this.#settings?.running }),
    );
    byId("controls").addEventListener(
      "submit",
      (event) => event.preventDefault(),
    );
  }

  /** How the server is set; until it has said so nothing can be changed. */
  get settings(): Settings | undefined {
    return this.#settings;
  }

  /** Shows what the server has said. */
  show(settings: Settings): void {
    this.#settings = settings;
    const { mode, running, callers, size, waitMs, concurrency } = settings;
    document.documentElement.dataset["mode"] = mode;
    for (const option of modes) {
      option.disabled = false;
      option.checked = option.value === mode;
    }
    for (const id of powers) this.#showRange(id, Math.log2(settings[id]));
    for (const id of amounts) this.#showRange(id, settings[id]);
    say("callers", count(callers, "client", "clients"));
    say("size", count(size, "call", "calls"));
    say("waitMs", shownMs(waitMs));
    say("concurrency", String(concurrency));
    policy.disabled = false;
    policy.value = settings.policy;
    range("waitMs").disabled = settings.policy === "natural";
    run.disabled = false;
    run.dataset["running"] = String(running);
    run.textContent = running ? "Stop the clients" : "Start the clients";
  }

  /** Nothing can be changed while the server is away. */
  disable(): void {
    for (const control of [...modes, policy, run]) control.disabled = true;
    for (const id of [...powers, ...amounts]) range(id).disabled = true;
  }

  #showRange(id: string, value: number): void {
    const input = range(id);
    input.disabled = false;
    if (input.valueAsNumber !== value) input.value = String(value);
  }

  #change(changes: Partial<Settings>): void {
    if (this.#settings === undefined) return;
    const settings = { ...this.#settings, ...changes };
    this.show(settings);
    this.#onChange(settings);
  }
}

function say(id: string, text: string): void {
  within(document, `output[for="${id}"]`).textContent = text;
  // Screen readers would tell the exponent.
  range(id).setAttribute("aria-valuetext", text);
}
