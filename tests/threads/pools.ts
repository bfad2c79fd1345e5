/**
 * Threads for tests, with the workers of `./workers`.
 *
 * @module
 */
import process from "node:process";
import { Worker as NodeWorker } from "node:worker_threads";
import { type BatchContext, one } from "../../mod.ts";
import {
  type Threads,
  threads,
  type ThreadsOptions,
  type WorkerSource,
} from "../../src/threads/mod.ts";
import { turns } from "../batcher/watched.ts";
import type { Flag, Task } from "./workers/tasks.ts";

/** A kind of worker that this runtime has. */
export type Kind = "node:worker_threads" | "Web Worker";

/** Those that this runtime has. */
export const kinds: Kind[] = typeof Worker === "function"
  ? ["node:worker_threads", "Web Worker"]
  : ["node:worker_threads"];

const isNode = !("deno" in process.versions || "bun" in process.versions);

/** Threads of the workers with this name. */
export function pool<In, Out>(
  name: string,
  options: ThreadsOptions<In> = {},
  kind: Kind = "node:worker_threads",
): Threads<In, Out> {
  const url = new URL(`./workers/${name}.ts`, import.meta.url);
  if (kind === "Web Worker") {
    const source: WorkerSource = () => new Worker(url, { type: "module" });
    return threads(source, { name, ...options });
  }
  if (!isNode) return threads(url, options);
  const worker = { ...byTsx(url), ...options.worker };
  return threads(BY_TSX, { name, ...options, worker });
}

/** A worker of `node:worker_threads` with this name. */
export function nodeWorker(name: string): NodeWorker {
  const url = new URL(`./workers/${name}.ts`, import.meta.url);
  return isNode ? new NodeWorker(BY_TSX, byTsx(url)) : new NodeWorker(url);
}

const BY_TSX = new URL("./workers/by_tsx.mjs", import.meta.url);

/** What that is told of the module that it reads. */
function byTsx(url: URL): object {
  return { workerData: { module: url.href, tsx: "tsx/esm/api" } };
}

/** Has a batch of one task done. */
export function ask(
  pool: Threads<Task, unknown>,
  task: Task,
  batch?: BatchContext,
): Promise<unknown> {
  return one(pool([task], batch));
}

/** A cell of memory that all threads see. */
export function flag(): Flag {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Turns of the event loop until a worker has set the flag. */
export async function raised(flag: Flag): Promise<void> {
  while (Atomics.load(flag, 0) === 0) await turns();
}

/** A signal, and what aborts it. */
export function abortable(): {
  signal: AbortSignal;
  abort(reason: unknown): void;
} {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
  };
}
