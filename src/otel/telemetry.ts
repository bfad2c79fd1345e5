/**
 * Hooks that tell OpenTelemetry of batches.
 *
 * @module
 */
import {
  type Meter,
  type MeterProvider,
  metrics,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { BatchEndEvent, Hooks, LeaveEvent } from "../hooks.ts";
import { activeSpan, traceBatch } from "./batch_span.ts";
import { Instruments } from "./instruments.ts";
import { Observation, type Observed } from "./observation.ts";

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

/**
 * Metrics and traces of batches. One serves as many batchers as you like.
 *
 * A batch has one span, from its start to its end, with links to the spans in which its calls
 * were made: a batch has many callers, and so no parent. The SDK for Node keeps 128 links of a span,
 * unless `OTEL_SPAN_LINK_COUNT_LIMIT` says otherwise; Deno keeps all.
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
  /** Made when they are needed, and anew when `#provider` changes. */
  #instruments: Instruments | undefined;
  /** Who had the metrics of the process then: it may get its SDK after its first batch. */
  #provider: MeterProvider | undefined;
  /** Made when there is something to observe. */
  #observation: Observation | undefined;

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
    this.#observation ??= new Observation(this.#meter());
    return this.#observation.add(observed);
  }

  #ended(batch: BatchEndEvent): void {
    this.#current().ended(batch);
    traceBatch(this.#tracer(), batch);
  }

  #left(call: LeaveEvent): void {
    this.#current().left(call);
  }

  #current(): Instruments {
    const provider = metrics.getMeterProvider();
    if (provider !== this.#provider) this.#instruments = undefined;
    this.#provider = provider;
    return this.#instruments ??= new Instruments(this.#meter());
  }

  #meter(): Meter {
    return this.#options.meter ?? metrics.getMeter(SCOPE);
  }

  #tracer(): Tracer {
    return this.#options.tracer ?? trace.getTracer(SCOPE);
  }
}

/** By what name backends know who measured. */
const SCOPE = "@batched/batched";
