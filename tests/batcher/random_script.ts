/**
 * A batcher that is put through a random script, and everything that is seen on the way.
 *
 * @module
 */
import { Batcher, type BatcherOptions, retryLater } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import {
  type HeldBatch,
  type HeldHandler,
  heldHandler,
} from "./held_handler.ts";
import { ListenedSignal } from "./listened_signal.ts";
import { randomFrom } from "./random_numbers.ts";
import { type Watched, watched } from "./watched.ts";

/** A call that was made. */
export interface ScriptCall {
  readonly item: number;
  readonly seen: Watched<number>;
}

/** One random script. */
export class RandomScript {
  readonly host: VirtualHost = new VirtualHost();
  /** The most that was allowed at any time. */
  size: number;
  concurrency: number;
  readonly maxQueue: number;
  readonly lanes: number;
  readonly kinds: number;
  /** Those who wait for room before they call. */
  readonly waiters: Watched<void>[] = [];
  readonly calls: ScriptCall[] = [];
  readonly signals: ListenedSignal[] = [];
  readonly handler: HeldHandler<number, number> = heldHandler((x) => 10 * x);
  readonly batcher: Batcher<number, number>;
  /** The rarer options, where the script is about all of them. */
  readonly more: BatcherOptions<number>;
  /** When batches left, in ms. */
  readonly starts: number[] = [];
  /** How often a call was told of as settled, by its batch or because it left. */
  settled = 0;
  /** The most batches that ran at once. */
  mostRunning = 0;
  /** The most calls that waited at once. */
  mostWaiting = 0;
  readonly #random: (below: number) => number;
  readonly #open = new Set<HeldBatch<number, number>>();
  #batches = 0;

  /** Makes the script of this seed; items are of so many kinds, and calls of one kind share a place. */
  constructor(seed: number, kinds: number = Infinity) {
    this.#random = randomFrom(seed);
    this.kinds = kinds;
    this.size = 1 + this.#random(4);
    this.concurrency = 1 + this.#random(3);
    this.maxQueue = [Infinity, 0, 3][this.#random(3)]!;
    this.lanes = 1 + this.#random(3);
    const options: BatcherOptions<number> = {
      size: this.size,
      concurrency: this.concurrency,
      lane: this.lanes > 1 ? (item) => item % this.lanes : undefined,
      maxWaitMs: [undefined, 0, 5, 20][this.#random(4)],
      maxQueue: this.maxQueue,
      overflow: this.#random(2) ? "reject" : "drop-oldest",
      deadlineMs: [undefined, undefined, 30][this.#random(3)],
      host: this.host,
      hooks: {
        onBatchStart: () => this.starts.push(this.host.now()),
        onBatchEnd: ({ results, failures }) =>
          this.settled += results + failures,
        onLeave: () => this.settled++,
      },
    };
    this.more = kinds < Infinity ? this.#more() : {};
    this.batcher = new Batcher(this.handler, { ...options, ...this.more });
  }

  #more(): BatcherOptions<number> {
    const isWeighed = this.#random(2) === 0;
    const perMs = 1 + this.#random(20);
    const batches = 1 + this.#random(3);
    const overflow = (["reject", "drop-oldest", "drop-lowest"] as const)[
      this.#random(3)
    ];
    return {
      retry: { attempts: 3, delayMs: 7 },
      dedupe: (item) => this.kindOf(item),
      weigh: isWeighed ? (item) => item % 5 : undefined,
      maxWeight: isWeighed ? 4 + this.#random(8) : undefined,
      rateLimit: this.#random(2) ? { batches, perMs } : undefined,
      maxQueuePerLane: [Infinity, 0, 2][this.#random(3)],
      preferredSizes: this.#random(2) ? [2, 3] : undefined,
      overflow,
    };
  }

  /** What calls have in common that share a place; now and then one shares with nobody. */
  kindOf(item: number): number | undefined {
    return item % 10 === 9 ? undefined : item % this.kinds;
  }

  /** Takes one random step. */
  async step(): Promise<void> {
    const steps = [
      () => this.#call(),
      () => this.#call(),
      () => this.#call(),
      () => this.#burst(),
      () => this.#answer(),
      () => this.#answer(),
      () => this.#abort(),
      () => watched(this.batcher.flush()),
      () => this.#wait(),
      () => this.host.advance(this.#random(12)),
      () => this.host.advance(this.#random(3)),
    ];
    if (this.kinds < Infinity) steps.push(() => this.#configure());
    await steps[this.#random(steps.length)]!();
    this.#note();
  }

  /** Closes, answers what is left in any order, and lets everything end. */
  async end(): Promise<void> {
    const closed = watched(this.batcher.close());
    while (closed.state === "pending") {
      await this.host.advance(1);
      this.#note();
      this.#answer();
    }
    await this.host.advance();
  }

  #configure(): void {
    const [size, concurrency] = [1 + this.#random(4), 1 + this.#random(3)];
    const maxWaitMs = [undefined, 0, 10][this.#random(3)];
    this.batcher.configure({ size, concurrency, maxWaitMs });
    this.size = Math.max(this.size, size);
    this.concurrency = Math.max(this.concurrency, concurrency);
  }

  #call(): void {
    const item = this.calls.length;
    const signal = this.#random(3) === 0 ? this.#signal() : undefined;
    const deadlineMs = this.#random(5) === 0 ? 1 + this.#random(30) : undefined;
    const isShared = this.kinds < Infinity;
    const priority = isShared ? this.#random(5) - 2 : undefined;
    const call = signal || deadlineMs || isShared
      ? { signal, deadlineMs, priority }
      : undefined;
    const seen = watched(this.batcher.run(item, call));
    this.calls.push({ item, seen });
  }

  #burst(): void {
    for (let calls = this.#random(9); calls >= 0; calls--) this.#call();
  }

  #wait(): void {
    const signal = this.#random(3) === 0 ? this.#signal() : undefined;
    const room = this.batcher.ready({ signal });
    this.waiters.push(watched(room.then(() => this.#call())));
  }

  #signal(): AbortSignal {
    if (this.signals.length === 0 || this.#random(3) === 0) {
      this.signals.push(new ListenedSignal());
    }
    return this.signals[this.#random(this.signals.length)]!.signal;
  }

  #abort(): void {
    this.signals[this.#random(this.signals.length + 1)]?.abort("aborted");
  }

  /** Ends one of the batches that run, well or not. */
  #answer(): void {
    const open = [...this.#open];
    const batch = open[this.#random(open.length + 1)];
    if (batch === undefined) return;
    this.#open.delete(batch);
    const way = this.#random(8);
    if (way === 0) batch.fail("failed");
    else if (way === 1) batch.answer([]);
    else if (way === 2 && this.kinds < Infinity) {
      const answer = (item: number) =>
        this.#random(2) ? retryLater() : 10 * item;
      batch.answer(batch.items.map(answer));
    } else batch.finish();
  }

  /** Looks who runs now. */
  #note(): void {
    for (const batch of this.handler.batches.slice(this.#batches)) {
      this.#open.add(batch);
    }
    this.#batches = this.handler.batches.length;
    const { running, waiting } = this.batcher.stats();
    this.mostRunning = Math.max(this.mostRunning, running);
    this.mostWaiting = Math.max(this.mostWaiting, waiting);
  }
}
