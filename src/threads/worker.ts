/**
 * The workers of the runtimes: Web Workers in browsers, those of `node:worker_threads` on Node. Deno
 * and Bun have both: there the latter are taken as well, since Web Workers on Deno do not tell when
 * they end and keep the process alive, but for modules that only Web Workers can load.
 *
 * @module
 */
import { has, shown } from "../core/check.ts";
import {
  type Greeting,
  isGreeting,
  nodeThreads,
  type Port,
} from "./messages.ts";

/** Where a worker comes from: the address of its module, or a function that makes it. */
export type WorkerSource = string | URL | (() => object);

/** What is told of a worker. */
export interface WorkerEvents {
  /** It serves. */
  serves(): void;
  /** It has ended, by itself or by an error that nobody caught. */
  ended(how: WorkerEnd): void;
}

/** How a worker has ended. */
export interface WorkerEnd {
  /** What it ended with, where that is known. */
  readonly exitCode?: number | undefined;
  /** What nobody caught, if it was that. */
  readonly cause?: unknown;
}

/** A running worker. */
export interface RunningWorker {
  /** Gives it the port for batches. */
  greet(port: Port): void;
  /** Says whether it keeps the process alive, where that can be chosen. */
  hold(isHeld: boolean): void;
  /** Ends it; it may be in the middle of something. */
  terminate(): unknown;
}

/** A worker of `node:worker_threads`, as far as it is used here. */
interface NodeWorker extends Pick<Port, "postMessage"> {
  on(event: string, listener: (value: unknown) => void): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

/** A Web Worker, as far as it is used here. Bun's can be unreferenced and tells when it closes. */
interface WebWorker extends Pick<Port, "postMessage"> {
  addEventListener(
    event: string,
    listener: (event: { data?: unknown; code?: number }) => void,
  ): void;
  ref?(): void;
  unref?(): void;
  terminate(): void;
}

/** Starts a worker. */
export function startWorker(
  source: URL | (() => object),
  options: object,
  events: WorkerEvents,
): RunningWorker {
  const worker = made(source, options);
  return "on" in worker
    ? runningNodeWorker(worker as NodeWorker, events)
    : runningWebWorker(worker as WebWorker, events);
}

/** The address of a module, which has to be a whole one: there is nothing that it could start from. */
export function addressOf(source: string | URL): URL {
  if (URL.canParse(source)) return new URL(source);
  throw new TypeError(
    `Cannot make threads: the source must be an address such as new URL("./worker.ts", import.meta.url), or a function that makes a worker, got ${
      shown(source)
    }`,
  );
}

/** Where `node:worker_threads` takes modules from; others, such as those of a registry, it refuses. */
const NODE_PROTOCOLS = ["file:", "data:"];

function made(source: URL | (() => object), options: object): object {
  if (typeof source === "function") return madeBy(source);
  if (nodeThreads?.Worker && NODE_PROTOCOLS.includes(source.protocol)) {
    return new nodeThreads.Worker(source, options) as object;
  }
  if (typeof Worker === "function") {
    return new Worker(source, { type: "module", ...options });
  }
  throw new TypeError(
    `Cannot start a worker: this runtime has none for addresses with "${source.protocol}"`,
  );
}

/** A handler given by mistake is such a function, too. */
function madeBy(source: () => object): object {
  const worker = source();
  if (has(worker, ["postMessage", "terminate"])) return worker;
  throw new TypeError(
    `Cannot start a worker: the function that makes it must return one, got ${
      shown(worker)
    }`,
  );
}

function runningNodeWorker(
  worker: NodeWorker,
  events: WorkerEvents,
): RunningWorker {
  let error: { cause?: unknown } = {};
  worker.on("message", (message) => {
    if (isGreeting(message)) events.serves();
  });
  worker.on("error", (cause) => error = { cause });
  worker.on(
    "exit",
    (code) => events.ended({ exitCode: code as number, ...error }),
  );
  worker.unref();
  return {
    greet: (port) => greet(worker, port),
    hold: (isHeld) => isHeld ? worker.ref() : worker.unref(),
    terminate: () => worker.terminate(),
  };
}

/** An error that nobody caught does not end a Web Worker: whoever hears of it must, as what it left behind is not to be trusted. */
function runningWebWorker(
  worker: WebWorker,
  events: WorkerEvents,
): RunningWorker {
  worker.addEventListener("message", ({ data }) => {
    if (isGreeting(data)) events.serves();
  });
  worker.addEventListener("error", (event) => {
    (event as Event).preventDefault?.();
    const { error, message } = event as ErrorEvent;
    events.ended({ cause: error ?? new Error(message) });
  });
  worker.addEventListener(
    "close",
    ({ code }) => events.ended({ exitCode: code }),
  );
  worker.unref?.();
  return {
    greet: (port) => greet(worker, port),
    hold: (isHeld) => isHeld ? worker.ref?.() : worker.unref?.(),
    terminate: () => worker.terminate(),
  };
}

function greet(worker: Pick<Port, "postMessage">, batched: Port): void {
  worker.postMessage({ batched } satisfies Greeting, [batched]);
}
