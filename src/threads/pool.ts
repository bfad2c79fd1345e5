/**
 * Several threads, and which of them works on the next batch.
 *
 * @module
 */
import type { SettledAnswer } from "../answer.ts";
import type { BatchContext } from "../batch_context.ts";
import { ClosedError } from "../errors.ts";
import { silence } from "../outcome.ts";
import type { Thread } from "./thread.ts";
import { unlessAborted } from "./unless_aborted.ts";
import { WorkerError } from "./worker_error.ts";

/** What a {@link Pool} obeys. */
export interface PoolSettings<In, Out> {
  /** What errors call it. */
  readonly name: string;
  /** Most threads. */
  readonly workers: number;
  /** Starts a thread. */
  readonly start: (
    onEnd: (thread: Thread<In, Out>, error: unknown) => void,
  ) => Thread<In, Out>;
  /** Hears of each that has ended by itself. */
  readonly onCrash: ((error: WorkerError) => unknown) | undefined;
}

/** The threads that live. One that ends is forgotten, and so another may start. */
export class Pool<In, Out> {
  readonly #settings: PoolSettings<In, Out>;
  readonly #threads = new Set<Thread<In, Out>>();
  #closed: Promise<void> | undefined;

  /** Makes one without threads. */
  constructor(settings: PoolSettings<In, Out>) {
    this.#settings = settings;
  }

  /** Has the least busy thread work on a batch. */
  async run(
    items: In[],
    batch: BatchContext | undefined,
  ): Promise<SettledAnswer<Out>> {
    for (;;) {
      if (this.#closed) throw this.#closedError();
      const thread = this.#leastBusy();
      if (!thread.isOverdue) return await thread.run(items, batch);
      await unlessAborted(this.#oneCaughtUp(), batch?.signal);
    }
  }

  /** Starts all threads, or one if their number is not limited, and resolves when they serve. */
  async ready(): Promise<void> {
    if (this.#closed) throw this.#closedError();
    const { workers } = this.#settings;
    const wanted = workers === Infinity ? 1 : workers;
    while (this.#threads.size < wanted) this.#start();
    await Promise.all([...this.#threads].map((thread) => thread.ready()));
  }

  /** Ends all threads; the same promise at every call. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    const error = this.#closedError();
    await Promise.all([...this.#threads].map((thread) => thread.end(error)));
  }

  /** An idle one, a new one, or the one for which the fewest wait; one that may be ended only if there is no other. */
  #leastBusy(): Thread<In, Out> {
    let best: Thread<In, Out> | undefined;
    for (const thread of this.#threads) {
      if (thread.isOverdue) continue;
      if (best === undefined || thread.load < best.load) best = thread;
    }
    if (best?.load === 0) return best;
    if (this.#threads.size < this.#settings.workers) return this.#start();
    return best ?? [...this.#threads][0]!;
  }

  /** Resolves when one of them has let go of those for which it may be ended, or has ended. */
  #oneCaughtUp(): Promise<unknown> {
    return Promise.race([...this.#threads].map((thread) => thread.caughtUp()));
  }

  #start(): Thread<In, Out> {
    const thread = this.#settings.start((ended, error) => {
      this.#threads.delete(ended);
      if (error instanceof WorkerError) this.#tell(error);
    });
    this.#threads.add(thread);
    return thread;
  }

  /** What the user's function throws or rejects with changes nothing, and there is nobody to tell. */
  #tell(error: WorkerError): void {
    try {
      silence(this.#settings.onCrash?.(error));
    } catch {
      // See above.
    }
  }

  #closedError(): ClosedError {
    return new ClosedError(
      `Cannot answer the batch: the threads of "${this.#settings.name}" are closed`,
    );
  }
}
