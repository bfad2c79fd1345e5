/**
 * Tells OpenTelemetry of batches, by its API: what is recorded goes where the process sends its
 * metrics and traces, by the SDK for Node or by Deno itself (`OTEL_DENO=true`).
 *
 * | instrument                 | kind           | unit      | attributes                                           |
 * | -------------------------- | -------------- | --------- | ---------------------------------------------------- |
 * | `batched.batch.size`       | histogram      | `{call}`  | `batched.name`                                       |
 * | `batched.batch.wait`       | histogram      | `s`       | `batched.name`                                       |
 * | `batched.batch.duration`   | histogram      | `s`       | `batched.name`, `error.type`                         |
 * | `batched.batches`          | counter        | `{batch}` | `batched.name`, `batched.reason`, `error.type`       |
 * | `batched.calls`            | counter        | `{call}`  | `batched.name`, `batched.outcome`, `error.type`      |
 * | `batched.queue.depth`      | gauge          | `{call}`  | `batched.name`                                       |
 * | `batched.batches.running`  | gauge          | `{batch}` | `batched.name`                                       |
 * | `batched.calls.refused`    | counter        | `{call}`  | `batched.name`                                       |
 *
 * The last three are read from batchers that are {@link Telemetry.observe observed}.
 *
 * @module
 */
import {
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  metrics,
  type ObservableResult,
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { Batcher } from "./batcher.ts";
import { batchersOf } from "./decorator/registry.ts";
import type { BatchEndEvent, Hooks, LeaveEvent } from "./hooks.ts";
import type { BatcherStats } from "./stats.ts";

/** What is told to whom. */
export interface TelemetryOptions {
  /** Takes the metrics. Defaults to one of the process, looked up when there is something to tell. */
  meter?: Meter | undefined;
  /** Takes the spans. Defaults to one of the process. */
  tracer?: Tracer | undefined;
  /**
   * Whether the span of a batch links to the spans of its callers. Without it calls cost
   * less, as nobody has to look for the span that each is made in.
   *
   * @default {true}
   */
  links?: boolean | undefined;
}

/** What can be observed: an object or class with batched methods, a batched function, a batcher. */
// deno-lint-ignore no-explicit-any -- of whatever items
export type Observed = object | Batcher<any, any>;

/**
 * Metrics and traces of batches. One serves as many batchers as you like.
 *
 * A batch has one span, from its start to its end, with links to the spans in which its calls
 * were made: a batch has many callers, and so no parent. SDKs keep 128 links of a span, unless
 * `OTEL_SPAN_LINK_COUNT_LIMIT` says otherwise.
 *
 * @example
 * ```ts
 * import { Batched } from "@batched/batched";
 * import { Telemetry } from "@batched/batched/otel";
 * import assert from "node:assert/strict";
 *
 * const telemetry = new Telemetry();
 *
 * class Doubler {
 *   @Batched({ handler: (xs) => xs.map((x) => 2 * x), hooks: telemetry.hooks })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 * }
 *
 * const doubler = new Doubler();
 * const stop = telemetry.observe(doubler);
 * assert.equal(await doubler.double(21), 42);
 * stop();
 * ```
 */
export class Telemetry {
  /** To be given to batchers, as their `hooks`. */
  readonly hooks: Hooks;
  readonly #options: TelemetryOptions;
  /** Made when they are needed: the process may get its SDK after this module. */
  #instruments: Instruments | undefined;
  /** Held weakly, so that objects are collected with their batchers. */
  readonly #observed = new Set<WeakRef<Observed>>();
  readonly #refused = new Refused();
  #isObserving = false;

  /** Makes one that has told nothing yet. */
  constructor(options: TelemetryOptions = {}) {
    this.#options = options;
    this.hooks = {
      onCall: options.links === false ? undefined : activeSpan,
      onBatchEnd: (batch) => this.#ended(batch),
      onLeave: (call) => this.#left(call),
    };
  }

  /**
   * Reads what waits and runs whenever metrics are collected. Batchers of one name count together.
   *
   * @param observed Objects or classes with batched methods, batched functions, batchers. They
   * are held weakly. Observe them after the SDK has started.
   * @returns A function that ends it.
   */
  observe(...observed: Observed[]): () => void {
    const refs = observed.map((object) => new WeakRef(object));
    for (const ref of refs) this.#observed.add(ref);
    if (!this.#isObserving) this.#beginObserving();
    return () => refs.forEach((ref) => this.#observed.delete(ref));
  }

  #ended(batch: BatchEndEvent): void {
    this.#instruments ??= new Instruments(this.#meter());
    this.#instruments.ended(batch);
    this.#trace(batch);
  }

  #left(call: LeaveEvent): void {
    this.#instruments ??= new Instruments(this.#meter());
    this.#instruments.left(call);
  }

  #trace(batch: BatchEndEvent): void {
    const { id, name, lane, size, reason, waitMs, runMs, error } = batch;
    const endTime = Date.now();
    const span = this.#tracer().startSpan(`${name} batch`, {
      root: true,
      startTime: endTime - runMs,
      links: (batch.tags as SpanContext[]).map((context) => ({ context })),
      attributes: {
        "batched.name": name,
        "batched.batch.id": id,
        "batched.batch.size": size,
        "batched.reason": reason,
        "batched.wait_ms": waitMs,
        ...(lane === undefined ? {} : { "batched.lane": String(lane) }),
      },
    }, ROOT_CONTEXT);
    if (error !== undefined) {
      span.setAttribute("error.type", typeOf(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.recordException(error instanceof Error ? error : textOf(error));
    }
    span.end(endTime);
  }

  #beginObserving(): void {
    this.#isObserving = true;
    const meter = this.#meter();
    const read = (pick: (stats: BatcherStats) => number) =>
    (
      result: ObservableResult,
    ) => {
      for (const [name, stats] of this.#stats()) {
        const value = stats.reduce((sum, one) => sum + pick(one), 0);
        result.observe(value, { "batched.name": name });
      }
    };
    meter.createObservableGauge("batched.queue.depth", {
      description: "Calls that wait",
      unit: "{call}",
    }).addCallback(read(({ waiting }) => waiting));
    meter.createObservableGauge("batched.batches.running", {
      description: "Batches that run",
      unit: "{batch}",
    }).addCallback(read(({ running }) => running));
    meter.createObservableCounter("batched.calls.refused", {
      description: "Calls for which there was no place",
      unit: "{call}",
    }).addCallback((result) => {
      for (const batcher of this.#batchers()) this.#refused.add(batcher);
      for (const [name, calls] of this.#refused.byName) {
        result.observe(calls, { "batched.name": name });
      }
    });
  }

  #stats(): Map<string, BatcherStats[]> {
    const byName = new Map<string, BatcherStats[]>();
    for (const batcher of this.#batchers()) {
      const { name } = batcher;
      byName.set(name, [...byName.get(name) ?? [], batcher.stats()]);
    }
    return byName;
  }

  /** A class and its subclass may both observe what they construct: it counts once. */
  #batchers(): Set<Watchable> {
    const batchers = new Set<Watchable>();
    for (const ref of this.#observed) {
      const observed = ref.deref();
      if (observed === undefined) this.#observed.delete(ref);
      else for (const batcher of batchersIn(observed)) batchers.add(batcher);
    }
    return batchers;
  }

  #meter(): Meter {
    return this.#options.meter ?? metrics.getMeter(SCOPE);
  }

  #tracer(): Tracer {
    return this.#options.tracer ?? trace.getTracer(SCOPE);
  }
}

/** What is read of a batcher. */
type Watchable = Pick<Batcher<unknown, unknown>, "name" | "stats">;

/** By what name backends know who measured. */
const SCOPE = "@batched/batched";

/** What is counted as it happens. */
class Instruments {
  readonly #size: Histogram;
  readonly #wait: Histogram;
  readonly #duration: Histogram;
  readonly #batches: Counter;
  readonly #calls: Counter;

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

  left({ name, reason, error }: LeaveEvent): void {
    this.#calls.add(1, {
      "batched.name": name,
      "batched.outcome": reason,
      "error.type": typeOf(error),
    });
  }
}

/** How many calls were refused. A counter never falls: what was refused by batchers that are gone stays in it. */
class Refused {
  readonly byName = new Map<string, number>();
  /** How many of them are in it. */
  readonly #counted = new WeakMap<Watchable, number>();

  add(batcher: Watchable): void {
    const { name } = batcher;
    const { refused } = batcher.stats();
    const more = refused - (this.#counted.get(batcher) ?? 0);
    this.#counted.set(batcher, refused);
    this.byName.set(name, (this.byName.get(name) ?? 0) + more);
  }
}

/** The span in which a call is made, to be linked. */
function activeSpan(): SpanContext | undefined {
  return trace.getActiveSpan()?.spanContext();
}

function batchersIn(observed: Observed): Watchable[] {
  if (observed instanceof Batcher) return [observed];
  const own: unknown = Reflect.get(observed, "batcher");
  return own instanceof Batcher ? [own] : batchersOf(observed);
}

/** What is thrown may be anything, and some of that has no words. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return typeof thrown;
  }
}

/** What kind of error it is: never what it says. */
function typeOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
