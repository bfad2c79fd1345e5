/**
 * Who is told how a batch went: counters, hooks and the callers that asked.
 *
 * @module
 */
import type { Batch, Call } from "./core/call.ts";
import { type BatchEvent, eventOf, type Watch } from "./hooks.ts";
import { outside } from "./nesting.ts";
import type { Ended } from "./run_batch.ts";
import type { Stats } from "./stats.ts";

/** Tells of batches. */
export class Reports {
  readonly #name: string;
  readonly #stats: Stats;
  readonly #watch: Watch;
  /** Whether any hook hears of batches; most often none does. */
  readonly #isWatched: boolean;
  readonly #events = new Map<Batch<unknown>, BatchEvent>();

  /** Tells of the batches of the batcher with that name. */
  constructor(name: string, stats: Stats, watch: Watch) {
    this.#name = name;
    this.#stats = stats;
    this.#watch = watch;
    this.#isWatched = watch.has("onBatchStart") || watch.has("onBatchEnd");
  }

  /** A batch leaves; its handler is called next. */
  started(batch: Batch<unknown>): void {
    this.#stats.started(batch);
    if (!this.#isWatched) return;
    const event = eventOf(batch, this.#name);
    this.#events.set(batch, event);
    this.#watch.tell("onBatchStart", event);
  }

  /** A batch has ended; its callers are answered, but have not gone on yet. */
  ended(run: Ended): void {
    this.#stats.ended(run.runMs, run.results, run.failures);
    const { listeners } = run;
    if (listeners) outside(() => this.#tellCallers(run, listeners));
    if (this.#isWatched) this.#tellHook(run);
  }

  #tellCallers({ batch, size, runMs }: Ended, calls: readonly Call[]): void {
    const { id: batchId, reason } = batch;
    for (const call of calls) {
      const waitMs = batch.startedAt - batch.timeAt(call.index);
      const info = { batchId, size, reason, waitMs, runMs };
      this.#watch.guard(() => call.onSettle!(info), "onSettle");
    }
  }

  #tellHook({ batch, runMs, results, failures, error }: Ended): void {
    const event = this.#events.get(batch);
    this.#events.delete(batch);
    const end = { ...event, runMs, results, failures, error };
    this.#watch.tell("onBatchEnd", end);
  }
}
