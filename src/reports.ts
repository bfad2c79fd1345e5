/**
 * Who is told how a batch goes: counters, hooks, the host and the callers that asked.
 *
 * @module
 */
import type { Call } from "./core/call.ts";
import { eventOf, type Watch } from "./hooks.ts";
import type { Host } from "./host.ts";
import { outside } from "./nesting.ts";
import { ownPromise } from "./own_promise.ts";
import type { Run } from "./run_batch.ts";
import type { Stats } from "./stats.ts";

/** What it tells by name, and who is asked to hold batches. */
interface ReportsSettings {
  readonly name: string;
  readonly host: Host;
}

/** What is known of a run. */
type Told = Pick<
  Run<unknown, unknown>,
  | "batch"
  | "runMs"
  | "results"
  | "failures"
  | "error"
  | "listeners"
  | "event"
  | "release"
>;

/** Tells of batches. */
export class Reports {
  readonly #settings: ReportsSettings;
  readonly #stats: Stats;
  readonly #watch: Watch;
  /** Whether any hook hears of batches; most often none does. */
  readonly #isWatched: boolean;

  /** Tells of the batches of the batcher with that name. */
  constructor(
    settings: ReportsSettings,
    stats: Stats,
    watch: Watch,
  ) {
    this.#settings = settings;
    this.#stats = stats;
    this.#watch = watch;
    this.#isWatched = watch.has("onBatchStart") || watch.has("onBatchEnd");
  }

  /** A batch leaves; its handler is called next. */
  started(run: Told): void {
    this.#stats.started(run.batch);
    if (this.#isWatched) {
      run.event = eventOf(run.batch, this.#settings.name);
      this.#watch.tell("onBatchStart", run.event);
    }
    if (this.#settings.host.hold) this.#hold(run);
  }

  /** A batch has ended; its callers are answered, but have not gone on yet. */
  ended(run: Told): void {
    this.#stats.ended(run.runMs, run.results, run.failures);
    const { listeners } = run;
    if (listeners) outside(() => this.#tellCallers(run, listeners));
    if (this.#isWatched) this.#tellHook(run);
    run.release?.();
  }

  /** Hosts that may stop when nobody waits get a promise of the end of each batch. */
  #hold(run: Told): void {
    const end = ownPromise<void>((resolve) => void (run.release = resolve));
    this.#watch.guard(() => this.#settings.host.hold!(end), "hold");
  }

  #tellCallers({ batch, runMs }: Told, calls: readonly Call[]): void {
    const { id: batchId, count: size, reason } = batch;
    for (const call of calls) {
      const waitMs = batch.startedAt - batch.timeAt(call.index);
      const info = { batchId, size, reason, waitMs, runMs };
      this.#watch.guard(() => call.onSettle!(info), "onSettle");
    }
  }

  #tellHook({ event, runMs, results, failures, error }: Told): void {
    const end = { ...event, runMs, results, failures, error };
    this.#watch.tell("onBatchEnd", end);
  }
}
