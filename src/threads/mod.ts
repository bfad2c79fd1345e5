/**
 * Runs batches of CPU-bound work in workers, so that the event loop stays free: on Deno, Bun and
 * Node, and in browsers.
 *
 * `threads` makes the handler, `serve` is what the module of the worker calls.
 *
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import { threads } from "@batched/batched/threads";
 * import assert from "node:assert/strict";
 *
 * const module = `
 *   import { serve } from "${import.meta.resolve("@batched/batched/threads")}";
 *   serve((words) => words.map((word) => word.length));
 * `;
 * await using lengths = threads<string, number>(
 *   `data:text/javascript,${encodeURIComponent(module)}`,
 * );
 * const length = batched(lengths);
 * assert.deepEqual(await Promise.all([length("one"), length("three")]), [3, 5]);
 * ```
 *
 * @module
 */
export { serve, type ServeOptions } from "./serve.ts";
export { type Threads, threads, type ThreadsOptions } from "./threads.ts";
export type { Transfer } from "./transfer.ts";
export { WorkerError } from "./worker_error.ts";
export type { WorkerSource } from "./worker.ts";
