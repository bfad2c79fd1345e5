/**
 * Four charts of the last minute.
 *
 * @module
 */

/// <reference lib="dom" />

import type { Tick } from "../tally.ts";
import { byId, make } from "./element.ts";
import { Chart } from "./chart.ts";
import { shown, shownMs } from "./numbers.ts";

/** Why batches leave, most wanted under load first, each with a colour of its own. */
const reasons = ["full", "window", "idle", "adaptive", "other"] as const;

/** The charts and the numbers above them. */
export class Charts {
  readonly #rate = new Chart("rate", {
    unit: "",
    lines: [{ label: "requests/s", colour: "accent", filled: true }],
  });
  readonly #latency = new Chart("latency", {
    unit: " ms",
    lines: [
      { label: "p95", colour: "soft", filled: true },
      { label: "p50", colour: "accent" },
    ],
  });
  readonly #sizes = new Chart("sizes", {
    unit: "",
    lines: [
      { label: "largest", colour: "soft", filled: true },
      { label: "mean", colour: "accent" },
    ],
  });
  /** Each reason stands on the ones after it, so that together they make 100. */
  readonly #reasons = new Chart("reasons", {
    unit: " %",
    top: 100,
    lines: reasons.map((reason) => ({
      label: reason,
      colour: `reason-${reason}`,
      stacked: true,
    })),
  });

  /** Draws the legend. */
  constructor() {
    byId("reasons-now").append(...reasons.map((reason) => {
      const name = make("i", reason);
      name.dataset["reason"] = reason;
      return name;
    }));
  }

  /** One more point in each. */
  add(tick: Tick): void {
    const { at, mode, requestsPerSecond, p50Ms, p95Ms } = tick;
    const { meanBatch, largestBatch, refusedPerSecond } = tick;
    const isAnswered = requestsPerSecond > 0;
    this.#rate.add(at, mode, [requestsPerSecond]);
    this.#latency.add(at, mode, isAnswered ? [p95Ms, p50Ms] : []);
    this.#sizes.add(at, mode, isAnswered ? [largestBatch, meanBatch] : []);
    this.#reasons.add(at, mode, stack(tick));
    const refused = `${shown(refusedPerSecond)} refused`;
    this.#say(
      "rate",
      shown(requestsPerSecond) + (refusedPerSecond > 0 ? `, ${refused}` : ""),
    );
    const times = `p50 ${shownMs(p50Ms)}, p95 ${shownMs(p95Ms)}`;
    const sizes = `mean ${shown(meanBatch)}, largest ${largestBatch}`;
    this.#say("latency", isAnswered ? times : "no answer");
    this.#say("sizes", isAnswered ? sizes : "no batch");
    const most = Object.entries(tick.reasons).sort((a, b) => b[1] - a[1])[0];
    describe("reasons", most === undefined ? "none left" : `mostly ${most[0]}`);
  }

  /** The clients are at rest: what is drawn stays, but is not how it is now. */
  rest(): void {
    for (const id of ["rate", "latency", "sizes"]) this.#say(id, "at rest");
    describe("reasons", "at rest");
  }

  #say(id: string, text: string): void {
    byId(`${id}-now`).textContent = text;
    describe(id, text);
  }
}

/** What is drawn is told, too, to who asks; nobody is interrupted. */
function describe(id: string, text: string): void {
  const plot = byId(id);
  plot.role = "img";
  plot.ariaLabel = `Chart of the last minute; now ${text}`;
}

/** The shares of the reasons in percent, each with those after it; nothing of no batch. */
function stack({ reasons: counts }: Tick): number[] {
  const known = new Set<string>(reasons);
  const values = reasons.map((reason) =>
    reason === "other"
      ? sum(Object.entries(counts).filter(([name]) => !known.has(name)))
      : counts[reason] ?? 0
  );
  const total = values.reduce((a, b) => a + b, 0);
  if (total === 0) return [];
  return values.map((_, at) =>
    100 * values.slice(at).reduce((a, b) => a + b, 0) / total
  );
}

function sum(entries: readonly (readonly [string, number])[]): number {
  return entries.reduce((total, [, value]) => total + value, 0);
}
