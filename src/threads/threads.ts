/**
 * Runs batches in workers, so that the event loop stays free.
 *
 * @module
 */
import type { SettledAnswer } from "../answer.ts";
import type { BatchContext } from "../batch_context.ts";
import {
  checked,
  COUNT,
  FUNCTION,
  isObject,
  MS,
  type Rules,
  TEXT,
} from "../core/check.ts";
import { Pool } from "./pool.ts";
import { Thread } from "./thread.ts";
import type { Transfer } from "./transfer.ts";
import {
  addressOf,
  startWorker,
  type WorkerEvents,
  type WorkerSource,
} from "./worker.ts";
import type { WorkerError } from "./worker_error.ts";

/** How threads work. Every option may be left out. */
export interface ThreadsOptions<In = unknown> {
  /**
   * Most workers, each on a thread of its own: an integer >= 1, or `Infinity`. A worker starts when there
   * is a batch and all others are busy, so let the `concurrency` of the batcher be as large.
   *
   * @default {1}
   */
  workers?: number | undefined;
  /**
   * What of the items is handed over instead of being copied; gone here afterwards. Left out:
   * each `ArrayBuffer` that is an item, or a field of one.
   */
  transfer?: Transfer<In> | undefined;
  /**
   * How long a worker may go on with a batch whose signal has aborted, in ms; then it is ended, with
   * whatever else it works on, and another takes its place. Until then it gets no other batch. The only way out
   * of an endless loop.
   *
   * @default {Infinity}
   */
  abortGraceMs?: number | undefined;
  /** Hears of each worker that has ended, but for those that `close` ends; also of those that had nothing to do. */
  onCrash?: ((error: WorkerError) => void) | undefined;
  /** What errors call the workers. Defaults to the name of their file. */
  name?: string | undefined;
  /** What else the runtime is told when it makes a worker, such as `resourceLimits` or `env` on Node. */
  worker?: object | undefined;
}

/** A handler whose batches run in workers. */
export interface Threads<In, Out> extends AsyncDisposable {
  /** Works on a batch. It rejects with what the worker's handler threw, or a {@link WorkerError}. */
  (items: In[], batch?: BatchContext): Promise<SettledAnswer<Out>>;
  /** Most workers: what the batcher's `concurrency` should be. */
  readonly workers: number;
  /** Starts all workers, or one if their number is not limited, and resolves when they serve. */
  ready(): Promise<void>;
  /** Ends all workers at once; batches that they work on reject with a {@link ClosedError}. */
  close(): Promise<void>;
}

/**
 * Makes a handler for `batched()`, `Batcher` or `@Batched` whose batches run in workers. One
 * message takes a batch there and one brings its answer back; errors arrive with their name,
 * message, cause and stack, and those of this library with their class. A worker that ends by itself
 * fails its batches with a {@link WorkerError}, and the next batch starts another.
 *
 * Idle workers keep no process alive on Deno, Bun and Node; `close` ends them.
 *
 * @param source The module of the worker, which calls {@link serve}; for bundlers that want to see
 * it, a function that makes a module worker from it.
 * @param options See {@link ThreadsOptions}.
 * @returns The handler.
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If an option is out of range.
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import { threads } from "@batched/batched/threads";
 * import assert from "node:assert/strict";
 *
 * // The worker's module; most often it is a file: new URL("./square_worker.ts", import.meta.url).
 * const module = `
 *   import { serve } from "${import.meta.resolve("@batched/batched/threads")}";
 *   serve((xs) => xs.map((x) => x * x));
 * `;
 * const source = `data:text/javascript,${encodeURIComponent(module)}`;
 * await using squares = threads<number, number>(source, { workers: 2 });
 * await using square = batched(squares, { size: 100, concurrency: squares.workers });
 * assert.deepEqual(await Promise.all([1, 2, 3].map(square)), [1, 4, 9]);
 * ```
 */
export function threads<In, Out>(
  source: WorkerSource,
  options: ThreadsOptions<In> = {},
): Threads<In, Out> {
  const module = typeof source === "function" ? source : addressOf(source);
  const {
    transfer,
    abortGraceMs = Infinity,
    name = nameOf(module),
    worker = {},
    workers = 1,
    onCrash,
  } = checked("make threads", options, OPTIONS);
  const start = (events: WorkerEvents) => startWorker(module, worker, events);
  const pool = new Pool<In, Out>({
    name,
    workers,
    start: (onEnd) =>
      new Thread({ name, transfer, abortGraceMs, start, onEnd }),
    onCrash,
  });
  const handler = (items: In[], batch?: BatchContext) => pool.run(items, batch);
  Object.defineProperty(handler, "name", { value: name });
  return Object.assign(handler, {
    workers,
    ready: () => pool.ready(),
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  });
}

/** The name of a worker's file, without its ending. */
function nameOf(module: URL | (() => object)): string {
  if (typeof module === "function") return module.name || "worker";
  const { protocol, pathname } = module;
  const [file = ""] = protocol === "data:" ? [] : /[^/]*$/.exec(pathname) ?? [];
  return decoded(file).replace(/\.\w+$/, "") || "worker";
}

/** Not every address can be decoded. */
function decoded(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

const OPTIONS: Rules<ThreadsOptions<never>> = {
  workers: COUNT,
  transfer: FUNCTION,
  abortGraceMs: MS,
  onCrash: FUNCTION,
  name: TEXT,
  worker: { wanted: "be an object", is: isObject },
};
