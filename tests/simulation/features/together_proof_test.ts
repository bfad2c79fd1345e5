import fc from "fast-check";
import {
  type BatcherOptions,
  BatchResultError,
  BatchTooLargeError,
  QueueFullError,
  RetryError,
  retryLater,
} from "../../../mod.ts";
import type { ListenedSignal } from "../../batcher/listened_signal.ts";
import { rarely } from "../arbitraries.ts";
import type { Caller, Run, Wish } from "./caller.ts";
import type { Feature, Reply } from "./feature.ts";
import { RequestHost } from "./request_host.ts";
import { prove, setups, wishes } from "./script.ts";
import { type Setup, Stage } from "./stage.ts";

interface Together extends Setup {
  readonly isolate: BatcherOptions["isolate"];
  readonly attempts: number;
  readonly mostCalls: number;
  readonly isShared: boolean;
  readonly isRequestHost: boolean;
  readonly overflow: BatcherOptions["overflow"];
  readonly rateLimit: BatcherOptions["rateLimit"];
  readonly preferredSizes: number[] | undefined;
}

/** Somebody waits for room, and calls then. */
interface Ready {
  readonly do: "ready";
  readonly signal: number | undefined;
  readonly wish: Wish | undefined;
}

/** Calls about this share their place with nobody, and make every batch fail. */
const GUILTY = 5;

/** All features at once: who is answered, by what, and that nothing is left. */
class All implements Feature {
  readonly options: BatcherOptions<Caller>;
  readonly #stage: Stage<Together>;
  readonly #host: RequestHost | undefined;
  readonly #waiters = new Set<{ signal: ListenedSignal | undefined }>();
  readonly #streamed = new WeakSet<Run>();

  constructor(stage: Stage<Together>) {
    this.#stage = stage;
    const { setup } = stage;
    if (setup.isRequestHost) this.#host = new RequestHost(stage.host);
    const { size, isShared, attempts, preferredSizes = [] } = setup;
    const fitting = preferredSizes.filter((preferred) => preferred <= size);
    this.options = {
      host: this.#host ?? stage.host,
      isolate: setup.isolate,
      retry: { attempts, delayMs: 3 },
      overflow: setup.overflow,
      rateLimit: setup.rateLimit,
      preferredSizes: fitting.length > 0 ? fitting : undefined,
      dedupe: isShared ? ({ wish }) => keyOf(wish.topic) : undefined,
    };
  }

  ready({ signal: index, wish }: Ready): void {
    const stage = this.#stage;
    const signal = stage.signals.at(index);
    const waiter = { signal };
    this.#waiters.add(waiter);
    this.#wait();
    const over = () => {
      this.#waiters.delete(waiter);
      this.#wait();
    };
    void stage.batcher.ready({ signal: signal?.signal }).then(() => {
      over();
      if (wish) void stage.call(wish);
    }, over);
  }

  rested(): void {
    const { batcher, host, isClosed } = this.#stage;
    for (const { signal } of this.#waiters) {
      this.#stage.demand(
        "R18 a wait for room ends with the signal or on close",
        !isClosed && !signal?.signal.aborted,
      );
    }
    const isSound = host.isSound || this.#host !== undefined;
    this.#stage.demand(
      "R18 nobody waits while there is room",
      this.#waiters.size === 0 || batcher.full || !isSound,
      () => `${this.#waiters.size} do`,
    );
  }

  #wait(): void {
    const { waiters } = this.#stage;
    waiters.clear();
    for (const { signal } of this.#waiters) waiters.add(signal);
  }

  turned(): void {
    this.#host?.ring();
  }

  isWaiting(): boolean {
    return false;
  }

  reply(run: Run, kinds: readonly number[]): Reply {
    const { setup } = this.#stage;
    const { items } = run;
    const { length } = items;
    if (length > setup.mostCalls) {
      return { error: new BatchTooLargeError("too many") };
    }
    const guilty = items.filter(({ wish }) => wish.topic === GUILTY);
    if (guilty.length > 0) {
      const isFound = setup.isolate !== undefined || length === 1;
      return { error: this.#stage.error(run, isFound ? guilty : items) };
    }
    const outcomes = items.map((item, i) => {
      const kind = kinds[i % kinds.length];
      if (kind === 1) return retryLater({ afterMs: i % 3, cause: item.id });
      return kind === 2
        ? this.#stage.error(run, [item])
        : this.#stage.result(run, item);
    });
    if (kinds.length === 4 && !run.isSingle) {
      this.#streamed.add(run);
      return { answer: told(outcomes, kinds[0] === 0) };
    }
    return { answer: outcomes };
  }

  mayShare(caller: Caller, item: Caller, run: Run): boolean {
    const { answeredAt = Infinity } = run;
    // Others may join until a stream has told of it.
    const isOpen = answeredAt >= caller.at || this.#streamed.has(run);
    return this.#stage.setup.isShared && isAlike(caller, item) &&
      item.id <= caller.id && isOpen;
  }

  mayFail({ isNested }: Caller, error: unknown): boolean {
    const { attempts, overflow, maxQueue } = this.#stage.setup;
    if (error instanceof RetryError) return error.attempts >= attempts;
    if (error instanceof QueueFullError) {
      // Who has come back may be dropped as well.
      return overflow !== "reject" && maxQueue < Infinity && !isNested;
    }
    return error instanceof BatchResultError;
  }
}

/** In a stream, the last one first; the first one is left out now and then. */
async function* told(outcomes: readonly unknown[], isShort: boolean) {
  for (let i = outcomes.length - 1; i >= (isShort ? 1 : 0); i--) {
    await undefined;
    yield [i, outcomes[i]];
  }
}

function keyOf(topic: number): number | undefined {
  return topic === GUILTY ? undefined : topic;
}

function isAlike(a: Caller, b: Caller): boolean {
  return keyOf(a.wish.topic) !== undefined && a.wish.topic === b.wish.topic &&
    a.key === b.key && a.isNested === b.isNested;
}

const ready: fc.Arbitrary<Ready> = fc.record({
  do: fc.constant("ready" as const),
  signal: rarely(undefined, fc.nat(3), 3),
  wish: fc.option(wishes, { freq: 6, nil: undefined }),
}, { noNullPrototype: true });

prove("All features together", {
  setups: fc.tuple(
    setups,
    fc.record({
      isolate: fc.constantFrom("bisect" as const, "each" as const, undefined),
      attempts: fc.constantFrom(1, 2, 4),
      mostCalls: fc.constantFrom(Infinity, 2),
      isShared: fc.boolean(),
      isRequestHost: rarely(false, fc.constant(true)),
      overflow: fc.constantFrom(
        ...["reject", "drop-oldest", "drop-lowest"] as const,
      ),
      rateLimit: rarely(undefined, fc.constant({ batches: 2, perMs: 10 })),
      preferredSizes: rarely(undefined, fc.constant<number[]>([2, 4])),
    }),
  ).map(([setup, together]): Together => ({ ...setup, ...together })),
  stage: (setup) => new Stage(setup, (stage) => new All(stage)),
  own: [{ weight: 20, arbitrary: ready }],
  play: (stage, step) => (stage.feature as All).ready(step),
});
