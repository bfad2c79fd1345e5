/**
 * How threads fail.
 *
 * @module
 */

/**
 * A worker has ended before it answered the batch: by itself, by an error that nobody caught, which is the
 * `cause`, or because it did not let go of an aborted batch or a message could not be read. The next
 * batch finds another worker.
 *
 * @example
 * ```ts
 * import { WorkerError } from "@batched/batched/threads";
 * import assert from "node:assert/strict";
 *
 * const error = new WorkerError("Cannot answer", { exitCode: 3 });
 * assert.equal(error.code, "BATCHED_WORKER");
 * ```
 */
export class WorkerError extends Error {
  /** The name of the class. */
  override readonly name = "WorkerError";
  /** What to switch on. */
  readonly code = "BATCHED_WORKER" as const;
  /** What the worker ended with; `undefined` where the runtime does not say. */
  readonly exitCode: number | undefined;

  /** Makes the error of the batches of a worker that has ended. */
  constructor(
    message: string,
    options: { exitCode?: number | undefined; cause?: unknown },
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.exitCode = options.exitCode;
  }
}
