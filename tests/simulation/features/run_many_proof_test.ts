import fc from "fast-check";
import { type CallOptions, QueueFullError } from "../../../mod.ts";
import type { ListenedSignal } from "../../batcher/listened_signal.ts";
import { rarely } from "../arbitraries.ts";
import type { Caller, Draft, Wish } from "./caller.ts";
import type { Feature } from "./feature.ts";
import { prove, setups, wishes } from "./script.ts";
import { Stage } from "./stage.ts";

/** Somebody has many calls to make. */
interface Many {
  readonly do: "many";
  readonly wishes: readonly Wish[];
  readonly signal: number | undefined;
  readonly isSettled: boolean;
  readonly isAsync: boolean;
  /** Which run makes them, if any. */
  readonly inside: number | undefined;
}

/** What has been seen of it. */
interface Feed {
  readonly many: Many;
  readonly signal: ListenedSignal | undefined;
  /** The calls that it has made, in their order. */
  readonly callers: Caller[];
  /** Those of them that have rejected, in the order in which they did. */
  readonly rejected: Caller[];
  /** How many items it has taken. */
  taken: number;
  isOver: boolean;
}

/** R28: calls are fed as there is room, and told of in their order. */
class Feeding implements Feature {
  readonly options = {};
  readonly #stage: Stage;
  /** Whether nobody else calls. */
  readonly #isAlone: boolean;
  readonly #feeds: Feed[] = [];
  readonly #feedOf = new WeakMap<Draft, Feed>();

  constructor(stage: Stage, isAlone: boolean) {
    this.#stage = stage;
    this.#isAlone = isAlone;
  }

  begin(many: Many): void {
    const stage = this.#stage;
    this.#listen();
    const { isSettled, isAsync, inside } = many;
    const run = inside === undefined || stage.open.length === 0
      ? undefined
      : stage.open[inside % stage.open.length];
    const signal = stage.signals.at(many.signal);
    const feed: Feed = {
      ...{ many, signal, callers: [], rejected: [], taken: 0, isOver: false },
    };
    this.#feeds.push(feed);
    const drafts = this.#drafts(feed, run !== undefined);
    const items = (isAsync ? later(drafts) : drafts) as Iterable<never>;
    const call = { signal: signal?.signal };
    const start = (): Promise<unknown[]> =>
      isSettled
        ? stage.batcher.runMany(items, { ...call, settled: true })
        : stage.batcher.runMany(items, call);
    const promise = run ? run.inside(start) : start();
    this.#wait();
    void promise.then(
      (results) => this.#told(feed, results),
      (error) => this.#failed(feed, error),
    );
  }

  rested(): void {
    const { unseen, open, host } = this.#stage;
    const isIdle = unseen.size + open.length === 0 && host.isSound;
    for (const { taken, callers, isOver } of this.#feeds) {
      this.#stage.demand(
        "R28 it takes no more than one item for which there is no room",
        taken <= callers.length + 1,
        () => `${taken} for ${callers.length}`,
      );
      this.#stage.demand(
        "R28 it goes on while there is room",
        isOver || !isIdle,
        () => `it has stopped after ${callers.length}`,
      );
    }
  }

  /** Hears of the calls that are made. */
  #listen(): void {
    const { batcher } = this.#stage;
    if (Object.hasOwn(batcher, "run")) return;
    const run = batcher.run.bind(batcher);
    batcher.run = (item: Draft | Caller, call?: CallOptions) => {
      if ("id" in item) return run(item, call);
      const feed = this.#feedOf.get(item)!;
      this.#stage.demand("R28 after an error it makes no more", !feed.isOver);
      const caller = this.#stage.enter(item);
      feed.callers.push(caller);
      const promise = run(caller, call);
      promise.catch(() => feed.rejected.push(caller));
      void this.#stage.hear(caller, promise);
      return promise;
    };
  }

  *#drafts(feed: Feed, isNested: boolean): Iterable<Draft> {
    for (const { topic, lane, weight } of feed.many.wishes) {
      feed.taken++;
      const plain = { deadlineMs: undefined, priority: undefined };
      const wish = { topic, lane, weight, ...plain, signal: undefined };
      const draft = { ...this.#stage.draft(wish, isNested) };
      this.#feedOf.set(draft, feed);
      yield Object.assign(draft, { signal: feed.signal });
    }
  }

  #told(feed: Feed, results: readonly unknown[]): void {
    const { many, signal, callers } = feed;
    const isCut = many.isSettled &&
      (signal?.signal.aborted || this.#stage.batcher.closed);
    this.#over(feed);
    this.#stage.demand(
      "R28 it tells of all calls, in their order",
      (isCut || results.length === many.wishes.length) &&
        callers.length === results.length &&
        callers.every((caller, i) =>
          many.isSettled
            ? isSame(caller, results[i] as PromiseSettledResult<unknown>)
            : caller.seen?.isValue && caller.seen.value === results[i]
        ),
      () => `of ${callers.map(({ id }) => id)}`,
    );
  }

  #failed(feed: Feed, error: unknown): void {
    const { many, signal, rejected } = feed;
    this.#over(feed);
    const isAborted = signal?.signal.aborted && error === signal.signal.reason;
    const seen = rejected[0]?.seen;
    this.#stage.demand(
      "R28 it rejects with the first error, or when its signal aborts",
      !many.isSettled &&
        (isAborted || (seen?.isValue === false && seen.error === error)),
      () => String(error),
    );
    this.#stage.demand(
      "R28 its calls wait for room",
      !this.#isAlone || !(error instanceof QueueFullError),
      () => String(error),
    );
  }

  #over(feed: Feed): void {
    feed.isOver = true;
    this.#wait();
  }

  /** Each of them listens to its signal. */
  #wait(): void {
    const { waiters } = this.#stage;
    waiters.clear();
    for (const { isOver, signal } of this.#feeds) {
      if (!isOver) waiters.add(signal);
    }
  }
}

async function* later<T>(items: Iterable<T>): AsyncIterable<T> {
  for (const item of items) {
    await undefined;
    yield item;
  }
}

function isSame({ seen }: Caller, result: PromiseSettledResult<unknown>) {
  if (result.status === "fulfilled") {
    return seen?.isValue && seen.value === result.value;
  }
  return seen?.isValue === false && seen.error === result.reason;
}

const many: fc.Arbitrary<Many> = fc.record({
  do: fc.constant("many" as const),
  wishes: fc.array(wishes, { maxLength: 12 }),
  signal: rarely(undefined, fc.nat(3), 3),
  isSettled: fc.boolean(),
  isAsync: fc.boolean(),
  inside: rarely(undefined, fc.nat(3), 6),
}, { noNullPrototype: true });

for (const isAlone of [true, false]) {
  prove(`R28 runMany() ${isAlone ? "alone" : "in company"}`, {
    setups,
    stage: (setup) => new Stage(setup, (stage) => new Feeding(stage, isAlone)),
    own: [{ weight: isAlone ? 80 : 30, arbitrary: many }],
    without: isAlone ? ["calls", "inside"] : [],
    play: (stage, step) => {
      if (stage.unseen.size < 60) (stage.feature as Feeding).begin(step);
    },
  });
}
