/**
 * What is counted as it happens.
 *
 * @module
 */
import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import type { BatchEndEvent, LeaveEvent } from "../hooks.ts";
import { typeOf } from "./failure.ts";

/** Takes down what becomes of calls and batches. */
export class Instruments {
  readonly #size: Histogram;
  readonly #wait: Histogram;
  readonly #duration: Histogram;
  readonly #batches: Counter;
  readonly #calls: Counter;

  /** Makes them, as those of a meter. */
  constructor(meter: Meter) {
    const seconds = {
      unit: "s",
      advice: {
        explicitBucketBoundaries: [
          ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05],
          ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        ],
      },
    };
    this.#size = meter.createHistogram("batched.batch.size", {
      description: "Calls in a batch when it left",
      unit: "{call}",
      advice: {
        explicitBucketBoundaries: [
          ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
        ],
      },
    });
    this.#wait = meter.createHistogram("batched.batch.wait", {
      ...seconds,
      description: "How long the oldest call of a batch waited",
    });
    this.#duration = meter.createHistogram("batched.batch.duration", {
      ...seconds,
      description: "How long a batch ran",
    });
    this.#batches = meter.createCounter("batched.batches", {
      description: "Batches, by why they left",
      unit: "{batch}",
    });
    this.#calls = meter.createCounter("batched.calls", {
      description: "Calls, by what became of them",
      unit: "{call}",
    });
  }

  /** A batch has ended. */
  ended(batch: BatchEndEvent): void {
    const name = { "batched.name": batch.name };
    const failure: Attributes = batch.error === undefined
      ? {}
      : { "error.type": typeOf(batch.error) };
    this.#size.record(batch.size, name);
    this.#wait.record(batch.waitMs / 1000, name);
    this.#duration.record(batch.runMs / 1000, { ...name, ...failure });
    const reason = { "batched.reason": batch.reason };
    this.#batches.add(1, { ...name, ...reason, ...failure });
    const count = (calls: number, outcome: string, more: Attributes) => {
      const attributes = { ...name, "batched.outcome": outcome, ...more };
      if (calls > 0) this.#calls.add(calls, attributes);
    };
    count(batch.results, "result", {});
    count(batch.failures, "failure", failure);
  }

  /** A call has left early. */
  left({ name, reason, error }: LeaveEvent): void {
    this.#calls.add(1, {
      "batched.name": name,
      "batched.outcome": reason,
      "error.type": typeOf(error),
    });
  }
}
