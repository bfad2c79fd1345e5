/**
 * A worker and the batches that it works on, seen from the side that sends them.
 *
 * @module
 */
import type { SettledAnswer } from "../answer.ts";
import type { BatchContext } from "../batch_context.ts";
import { defaultHost, type HostTimer } from "../host.ts";
import {
  type AbortRequest,
  type BatchRequest,
  channel,
  type Port,
  type Reply,
  type Unreadable,
} from "./messages.ts";
import { unpackAnswer } from "./packed_answer.ts";
import { packError, unpackError } from "../packed_error.ts";
import { post, type Transfer } from "./transfer.ts";
import { unlessAborted } from "./unless_aborted.ts";
import type { RunningWorker, WorkerEnd, WorkerEvents } from "./worker.ts";
import { WorkerError } from "./worker_error.ts";

/** What a {@link Thread} obeys. */
export interface ThreadSettings<In, Out> {
  /** What errors call it. */
  readonly name: string;
  /** Says what of the items is handed over. */
  readonly transfer: Transfer<In> | undefined;
  /** How long the worker may go on with a batch that was aborted, in ms. */
  readonly abortGraceMs: number;
  /** Starts a worker. */
  readonly start: (events: WorkerEvents) => RunningWorker;
  /** Hears that a thread has ended, and why. */
  readonly onEnd: (thread: Thread<In, Out>, error: unknown) => void;
}

/** Who waits for a batch. */
interface Waiter {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One worker from its start to its end.
 *
 *     run ─▶ (the worker serves) ─▶ request ─▶ reply ─▶ the promise
 *                 │                    │
 *                 └──── it ends ───────┴─▶ a rejection
 */
export class Thread<In, Out> {
  readonly #settings: ThreadSettings<In, Out>;
  readonly #worker: RunningWorker;
  /** The way to the worker, once that serves. */
  readonly #port: Promise<Port>;
  #refuse!: (error: unknown) => void;
  readonly #waiters = new Map<number, Waiter>();
  #lastCall = 0;
  /** How many wait for it; as long as somebody does it keeps the process alive. */
  #load = 0;
  #isServing = false;
  /** Answers for which nobody waits any more: the worker may be ended for them. */
  readonly #overdue = new Set<Promise<Reply>>();
  /** Why the worker has ended, once it has. */
  #end: { readonly error: unknown } | undefined = undefined;

  /** Starts the worker. */
  constructor(settings: ThreadSettings<In, Out>) {
    this.#settings = settings;
    let serve!: (port: Port) => void;
    this.#port = new Promise((resolve, reject) => {
      serve = resolve;
      this.#refuse = reject;
    });
    this.#worker = settings.start({
      serves: () => serve(this.#greet()),
      ended: (how) => this.end(this.#errorOf(how)),
    });
  }

  /** How many wait for it. */
  get load(): number {
    return this.#load;
  }

  /** Whether the worker may be ended for a batch that it has. */
  get isOverdue(): boolean {
    return this.#overdue.size > 0;
  }

  /** Resolves when it has let go of those for which it may be ended, or has ended. */
  caughtUp(): Promise<unknown> {
    return Promise.allSettled(this.#overdue);
  }

  /** Resolves when the worker serves. */
  ready(): Promise<unknown> {
    return this.#held(this.#port);
  }

  /** Has the worker work on a batch. */
  run(
    items: In[],
    batch: BatchContext | undefined,
  ): Promise<SettledAnswer<Out>> {
    return this.#held(this.#run(items, batch));
  }

  /** Ends the worker. Those who wait for it reject with this error. */
  end(error: unknown): unknown {
    if (this.#end) return;
    this.#end = { error };
    this.#settings.onEnd(this, error);
    this.#refuse(error);
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    // Some runtimes do not do so when the other end is gone.
    this.#port.then((port) => port.close(), () => {});
    return this.#worker.terminate();
  }

  async #run(
    items: In[],
    batch: BatchContext | undefined,
  ): Promise<SettledAnswer<Out>> {
    const signal = batch?.signal;
    const port =
      await (this.#isServing ? this.#port : unlessAborted(this.#port, signal));
    // It may have ended just after it began to serve.
    if (this.#end) throw this.#end.error;
    signal?.throwIfAborted();
    const call = ++this.#lastCall;
    const reply = new Promise<Reply>((resolve, reject) =>
      this.#waiters.set(call, { resolve, reject })
    );
    let grace: HostTimer | undefined;
    const abort = () => {
      const reason = packError(signal?.reason);
      port.postMessage({ abort: call, reason } satisfies AbortRequest);
      grace = this.#grace();
      if (grace) this.#overdue.add(reply);
    };
    signal?.addEventListener("abort", abort);
    try {
      const request = requestOf(call, items, batch);
      post(port, request, items, this.#settings.transfer);
      return read(await reply);
    } finally {
      this.#waiters.delete(call);
      this.#overdue.delete(reply);
      signal?.removeEventListener("abort", abort);
      grace?.cancel();
    }
  }

  /** The worker serves, and gets a port of its own: views travel fastest through one. */
  #greet(): Port {
    const { port1, port2 } = channel();
    this.#isServing = true;
    port1.onmessage = ({ data }) => this.#hear(data);
    port1.onmessageerror = () => this.#hear("unreadable");
    port1.unref?.();
    this.#worker.greet(port2);
    return port1;
  }

  /** Keeps the process alive until a promise has settled. */
  async #held<T>(promise: Promise<T>): Promise<T> {
    if (++this.#load === 1) this.#worker.hold(true);
    try {
      return await promise;
    } finally {
      if (--this.#load === 0 && !this.#end) this.#worker.hold(false);
    }
  }

  /** Any of those who wait may be the one whose message cannot be read, and some runtimes read none after it. */
  #hear(reply: Reply | Unreadable): void {
    if (reply !== "unreadable") {
      this.#waiters.get(reply.call)?.resolve(reply);
      return;
    }
    this.end(this.#ended("as a message to it or from it cannot be read"));
  }

  /** A worker that does not let go of an aborted batch is ended. */
  #grace(): HostTimer | undefined {
    const { abortGraceMs } = this.#settings;
    if (abortGraceMs === Infinity) return undefined;
    const why = `as it went on for ${abortGraceMs} ms after an abort`;
    return defaultHost.timer(() => this.end(this.#ended(why)), abortGraceMs);
  }

  /** It does not end by itself. */
  #ended(why: string): WorkerError {
    return new WorkerError(
      `Cannot answer the batch: the worker "${this.#settings.name}" was ended, ${why}`,
      {},
    );
  }

  #errorOf(how: WorkerEnd): WorkerError {
    const reason = "cause" in how
      ? " by an error that nobody caught"
      : how.exitCode === undefined
      ? ""
      : ` with exit code ${how.exitCode}`;
    const when = this.#isServing ? "" : " before it called serve()";
    return new WorkerError(
      `Cannot answer the batch: the worker "${this.#settings.name}" has ended${reason}${when}`,
      how,
    );
  }
}

/** A symbol cannot travel; its description can. */
function requestOf(
  call: number,
  items: unknown[],
  batch: BatchContext | undefined,
): BatchRequest {
  const { id = call, reason = "full", lane } = batch ?? {};
  const key = typeof lane === "symbol" ? lane.description : lane;
  return { call, items, batch: { id, lane: key, reason } };
}

function read<Out>(reply: Reply): SettledAnswer<Out> {
  if ("failure" in reply) throw unpackError(reply.failure);
  return unpackAnswer(reply);
}
