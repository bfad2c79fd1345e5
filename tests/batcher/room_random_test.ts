import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  BatchTooLargeError,
  type CallOptions,
  type Handler,
  retryLater,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { Random } from "../core/random.ts";

const SCRIPTS = 600;
const STEPS = 60;
/** What is drawn where most calls, or batchers, go without. */
const NOTHING = undefined;

/** A batcher whose queue is small, with whatever else may take room or make it. */
function optionsFrom(random: Random): BatcherOptions<number> {
  const size = random.pick([1, 2, 3, 4, 8]);
  return {
    size,
    concurrency: random.pick([1, 1, 2, 3, Infinity]),
    maxQueue: random.pick([0, 1, 2, 3, 5, 10]),
    maxWaitMs: random.pick([0, 0, 5, NOTHING]),
    retry: random.pick([NOTHING, { attempts: 3, delayMs: 1 }]),
    lane: random.pick([NOTHING, NOTHING, (item) => item % 3]),
    rateLimit: random.pick([NOTHING, NOTHING, { batches: 2, perMs: 9 }]),
    deadlineMs: random.pick([NOTHING, NOTHING, 10]),
    batchTimeoutMs: random.pick([NOTHING, NOTHING, 7]),
    isolate: random.pick([NOTHING, NOTHING, "each", "bisect"]),
    preferredSizes: random.pick([NOTHING, NOTHING, [1, 2]]),
    hooks: random.pick([NOTHING, NOTHING, { onCall() {} }, { onLeave() {} }]),
  };
}

/** One script: who calls, and finds what `full` has said. */
class Script {
  /** How many calls were made. */
  calls = 0;
  readonly #random: Random;
  readonly #host = new VirtualHost();
  readonly #batcher: Batcher<number, number>;
  /** What answers batches, and single items, later. */
  readonly #answers: (() => void)[] = [];
  #signal = new AbortController();
  #isOver = false;

  constructor(seed: number) {
    this.#random = new Random(seed);
    const options = { ...optionsFrom(this.#random), host: this.#host };
    this.#batcher = new Batcher<number, number>(this.#handler, options);
  }

  /** Plays it, with microtasks and time between what happens. */
  async play(): Promise<void> {
    const random = this.#random;
    for (let step = 0; step < STEPS; step++) {
      this.#act();
      const ticks = random.pick([0, 0, 1, 2, 3, 5]);
      for (let tick = 0; tick < ticks; tick++) await undefined;
      if (random.chance(0.2)) await this.#host.advance(random.below(8));
    }
    this.#isOver = true;
    this.#batcher.close({ timeoutMs: 0 });
    await this.#host.advance(20);
  }

  #act(): void {
    const random = this.#random;
    const kind = random.below(40);
    if (kind < 20) {
      for (let calls = random.below(5); calls >= 0; calls--) this.#call();
    } else if (kind < 36) {
      const place = random.below(this.#answers.length || 1);
      this.#answers.splice(place, 1)[0]?.();
    } else if (kind < 38) {
      this.#signal.abort();
      this.#signal = new AbortController();
    } else if (kind < 39) void this.#batcher.flush();
    else this.#batcher.configure({ size: 1 + random.below(5) });
  }

  #call(): void {
    if (this.#isOver) return;
    const { full } = this.#batcher;
    const before = this.#batcher.stats();
    const promise = this.#batcher.run(++this.calls, this.#demands());
    const after = this.#batcher.stats();
    assert.deepEqual(
      [after.calls - before.calls, after.refused - before.refused],
      full ? [0, 1] : [1, 0],
    );
    const again = () => void (this.#random.chance(0.3) && this.#call());
    promise.then(again, again);
  }

  #demands(): CallOptions | undefined {
    const { signal } = this.#signal;
    return this.#random.pick([
      ...[NOTHING, NOTHING, NOTHING, NOTHING],
      ...[{ priority: 1 }, { priority: -1 }, { signal }, { deadlineMs: 5 }],
    ]);
  }

  readonly #handler: Handler<number, number> = (items) =>
    this.#random.chance(0.3)
      ? this.#answered(items)
      : this.#later(() => this.#answered(items));

  #answered(items: readonly number[]): number[] {
    const random = this.#random;
    if (random.chance(0.1)) throw new BatchTooLargeError("too many");
    return items.map((item) => {
      const outcome = random.pick([item, item, new Error("no"), retryLater()]);
      return random.chance(0.2) ? this.#later(() => outcome) : outcome;
    }) as number[];
  }

  #later<T>(answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#answers.push(() => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}

describe("R18: full, under random scripts", () => {
  it(
    "Says what the next call finds, whatever has happened since the last look",
    {
      timeout: 60_000,
    },
    async () => {
      let calls = 0;
      for (let seed = 1; seed <= SCRIPTS; seed++) {
        const script = new Script(seed);
        await script.play().catch((cause) => {
          throw new Error(`seed ${seed}`, { cause });
        });
        calls += script.calls;
      }
      assert.ok(calls > 10_000);
    },
  );
});
