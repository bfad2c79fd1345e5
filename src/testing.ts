/**
 * For tests of code that calls in batches: time that moves when told to, and a
 * handler that remembers.
 *
 * @module
 */
import { wrong } from "./core/check.ts";
import { defaultHost, type Host, type HostTimer } from "./host.ts";
import type { BatchContext } from "./batch_context.ts";
import type { BatchAnswer } from "./answer.ts";

/**
 * A host whose time stands still until {@link VirtualHost.advance} moves it. Turns of the
 * event loop are real ones, so that promises work as they always do.
 *
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import { VirtualHost } from "@batched/batched/testing";
 * import assert from "node:assert/strict";
 *
 * const host = new VirtualHost();
 * const double = batched((xs: number[]) => xs.map((x) => 2 * x), { maxWaitMs: 20, host });
 * const answer = double(21);
 * await host.advance(19);
 * assert.equal(double.batcher.pending, 1);
 * await host.advance(1);
 * assert.equal(await answer, 42);
 * ```
 */
export class VirtualHost implements Host {
  #now = 0;
  #hops = 0;
  #timers: { time: number; run: () => void }[] = [];

  /** The virtual time in ms; it starts at 0. */
  now(): number {
    return this.#now;
  }

  /** How many timers stand. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Runs at the end of this turn of the real event loop. */
  hop(run: () => void): void {
    this.#hops++;
    defaultHost.hop(() => {
      this.#hops--;
      run();
    });
  }

  /** Runs when virtual time has moved on by `ms`. */
  timer(run: () => void, ms: number): HostTimer {
    const timer = { time: this.#now + Math.max(ms, 0), run };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** Runs in nobody's async context. */
  neutral<T>(run: () => T): T {
    return defaultHost.neutral(run);
  }

  /**
   * Moves time on, timer by timer, and lets everything that follows from each
   * happen before the next.
   *
   * @param ms How far, in ms; 0 only lets happen what is under way.
   * @returns A promise that resolves when all is quiet at the new time.
   * @throws {RangeError} If `ms` is negative or not a number.
   */
  async advance(ms = 0): Promise<void> {
    if (typeof ms !== "number" || !(ms >= 0)) {
      throw wrong("move time", "ms", "be a number of ms >= 0", ms, RangeError);
    }
    const end = this.#now + ms;
    for (;;) {
      await this.#settle();
      const timer = this.#nextBy(end);
      if (timer === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#now = Math.max(this.#now, timer.time);
      timer.run();
    }
    this.#now = Math.max(this.#now, end);
    await this.#settle();
  }

  /** Turns of the real event loop, until no hop is under way. */
  async #settle(): Promise<void> {
    do {
      await new Promise<void>((resolve) => defaultHost.hop(resolve));
    } while (this.#hops > 0);
  }

  #nextBy(end: number): { time: number; run: () => void } | undefined {
    let next: { time: number; run: () => void } | undefined;
    for (const timer of this.#timers) {
      if (timer.time <= end && !(next && next.time <= timer.time)) next = timer;
    }
    return next;
  }
}

/** A batch that a {@link RecordingHandler} was called with. */
export interface RecordedBatch<In> {
  /** The items, in order. */
  readonly items: readonly In[];
  /** What else the handler was told. */
  readonly batch: BatchContext;
}

/** A handler that remembers what it was called with. */
export interface RecordingHandler<In, Out> {
  /** Remembers, then answers as it was told to. */
  (items: In[], batch: BatchContext): BatchAnswer<Out>;
  /** The batches so far, in order. */
  readonly batches: RecordedBatch<In>[];
  /** The items of the batches so far. */
  readonly items: In[][];
}

/**
 * Makes a handler that remembers the batches it was called with.
 *
 * @param answer What it answers.
 * @returns The handler.
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import { recordingHandler } from "@batched/batched/testing";
 * import assert from "node:assert/strict";
 *
 * const handler = recordingHandler((xs: number[]) => xs.map((x) => 2 * x));
 * const double = batched(handler, { size: 2 });
 * await Promise.all([double(1), double(2), double(3)]);
 * assert.deepEqual(handler.items, [[1, 2], [3]]);
 * assert.equal(handler.batches[0]!.batch.reason, "full");
 * ```
 */
export function recordingHandler<In, Out>(
  answer: (items: In[], batch: BatchContext) => BatchAnswer<Out>,
): RecordingHandler<In, Out> {
  const batches: RecordedBatch<In>[] = [];
  const items: In[][] = [];
  const handler = (given: In[], batch: BatchContext) => {
    batches.push({ items: [...given], batch });
    items.push([...given]);
    return answer(given, batch);
  };
  return Object.assign(handler, { batches, items });
}
