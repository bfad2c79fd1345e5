/**
 * The table that compares both modes.
 *
 * @module
 */

/// <reference lib="dom" />

import type { Tick } from "../tally.ts";
import { byId, within } from "./element.ts";
import { mean, shown, shownMs } from "./numbers.ts";

/** The mean is that of so many ticks, */
const most = 20;
/** but not of the first ones after a change. */
const unsettled = 2;

/** Keeps the last ticks of each mode. */
export class Score {
  readonly #ticks: Record<Tick["mode"], Tick[]> = { single: [], batched: [] };
  #last: Tick | undefined;
  #skipped = 0;

  /** One more. */
  add(tick: Tick): void {
    const { mode, callers } = tick;
    if (this.#last?.mode !== mode || this.#last.callers !== callers) {
      this.#skipped = 0;
      this.#ticks[mode] = [];
    }
    this.#last = tick;
    if (this.#skipped++ < unsettled) return;
    const ticks = this.#ticks[mode];
    ticks.push(tick);
    if (ticks.length > most) ticks.shift();
    this.#show(tick, ticks);
    this.#showGain();
  }

  #show({ mode, callers }: Tick, ticks: readonly Tick[]): void {
    const meanOf = (
      key: "requestsPerSecond" | "p50Ms" | "p95Ms" | "meanBatch",
    ) => mean(ticks.map((tick) => tick[key]));
    const texts = [
      String(callers),
      shown(meanOf("requestsPerSecond")),
      shownMs(meanOf("p50Ms")),
      shownMs(meanOf("p95Ms")),
      shown(meanOf("meanBatch")),
    ];
    const row = within(byId("score"), `[data-mode="${mode}"]`);
    row.querySelectorAll("td").forEach((cell, at) =>
      cell.textContent = texts[at]!
    );
  }

  #showGain(): void {
    const { single, batched } = this.#ticks;
    if (single.at(-1)?.callers !== batched.at(-1)?.callers) {
      byId("gain").textContent = "Now flip the switch at the top.";
      return;
    }
    const rate = (ticks: readonly Tick[]) =>
      mean(ticks.map(({ requestsPerSecond }) => requestsPerSecond));
    const gain = rate(batched) / rate(single);
    const text = gain >= 1.05
      ? `In batches the same machine answers ${
        gain.toFixed(1)
      } times as many requests.`
      : `With these settings batches bring nothing: ${
        gain.toFixed(2)
      } times as many requests.`;
    byId("gain").textContent = text;
  }
}
