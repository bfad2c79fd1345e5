/**
 * What is read of batchers whenever metrics are collected.
 *
 * @module
 */
import type { Meter, ObservableResult } from "@opentelemetry/api";
import { Batcher } from "../batcher.ts";
import { batchersOf } from "../decorator/registry.ts";
import type { BatcherStats } from "../stats.ts";

/** What can be observed: an object or class with batched methods, a batched function, a batcher. */
// deno-lint-ignore no-explicit-any -- of whatever items
export type Observed = object | Batcher<any, any>;

/** Reads what is observed. Batchers of one name count together. */
export class Observation {
  /** Held weakly, so that objects are collected with their batchers. */
  readonly #observed = new Set<WeakRef<Observed>>();
  /** Lets go of them where nobody collects metrics, too. */
  readonly #gone = new FinalizationRegistry<WeakRef<Observed>>((ref) =>
    this.#observed.delete(ref)
  );
  readonly #refused = new Refused();

  /** Begins, with nothing to read. */
  constructor(meter: Meter) {
    meter.createObservableUpDownCounter("batched.queue.depth", {
      description: "Calls that wait",
      unit: "{call}",
    }).addCallback((result) => this.#read(result, ({ waiting }) => waiting));
    meter.createObservableUpDownCounter("batched.batches.running", {
      description: "Batches that run",
      unit: "{batch}",
    }).addCallback((result) => this.#read(result, ({ running }) => running));
    meter.createObservableCounter("batched.calls.refused", {
      description: "Calls for which there was no place",
      unit: "{call}",
    }).addCallback((result) => {
      for (const batcher of this.#batchers()) this.#refused.add(batcher);
      tell(result, this.#refused.byName);
    });
  }

  /** Observes these as well; returns a function that ends it. */
  add(observed: readonly Observed[]): () => void {
    const refs = observed.map((object) => {
      const ref = new WeakRef(object);
      this.#gone.register(object, ref, ref);
      this.#observed.add(ref);
      return ref;
    });
    return () => {
      for (const ref of refs) {
        this.#gone.unregister(ref);
        this.#observed.delete(ref);
      }
    };
  }

  #read(result: ObservableResult, pick: (stats: BatcherStats) => number): void {
    const sums = new Map<string, number>();
    for (const batcher of this.#batchers()) {
      const { name } = batcher;
      sums.set(name, (sums.get(name) ?? 0) + pick(batcher.stats()));
    }
    tell(result, sums);
  }

  /** A class and its subclass may both observe what they construct: it counts once. */
  #batchers(): Set<Watchable> {
    const batchers = new Set<Watchable>();
    for (const ref of this.#observed) {
      const observed = ref.deref();
      if (observed === undefined) continue;
      for (const batcher of batchersIn(observed)) batchers.add(batcher);
    }
    return batchers;
  }
}

/** What is read of a batcher. */
type Watchable = Pick<Batcher<unknown, unknown>, "name" | "stats">;

/** How many calls were refused. A counter never falls: what was refused by batchers that are gone stays in it. */
class Refused {
  readonly byName = new Map<string, number>();
  /** How many of them are in it. */
  readonly #counted = new WeakMap<Watchable, number>();

  add(batcher: Watchable): void {
    const { name } = batcher;
    const { refused } = batcher.stats();
    const more = refused - (this.#counted.get(batcher) ?? 0);
    this.#counted.set(batcher, refused);
    this.byName.set(name, (this.byName.get(name) ?? 0) + more);
  }
}

function tell(
  result: ObservableResult,
  byName: ReadonlyMap<string, number>,
): void {
  for (const [name, value] of byName) {
    result.observe(value, { "batched.name": name });
  }
}

function batchersIn(observed: Observed): Watchable[] {
  if (observed instanceof Batcher) return [observed];
  const own: unknown = Reflect.get(observed, "batcher");
  return own instanceof Batcher ? [own] : batchersOf(observed);
}
