/**
 * What there is to compare with.
 *
 * @module
 */
import type { Batching, MakeCall, Work } from "./calls.ts";

/** Takes what became of a call. */
type Resolve = (result: number) => void;

/** Nobody batches: what remains is the harness. */
export function nobody(): MakeCall {
  return (item) => item;
}

/**
 * The least that batches and never runs a batch inside a caller's stack: an array of
 * items, an array of what resolves them, one promise per call, a list of full
 * batches, one flush. No wait, no limit, no errors, nobody leaves. What makes it fast:
 * neither a closure nor a record per call, arrays that never grow, and no batch kept
 * longer than until it is settled.
 */
export function floor({ size }: Batching, work: Work): MakeCall {
  let items = new Array<number>(size);
  let resolvers = new Array<Resolve>(size);
  let full: number[][] = [];
  let settlers: (Resolve[] | undefined)[] = [];
  let waiting = 0;
  let isScheduled = false;
  const soon = Promise.resolve();
  const hold = (resolve: Resolve) => {
    resolvers[waiting++] = resolve;
  };
  const seal = () => {
    items.length = waiting;
    full.push(items);
    settlers.push(resolvers);
    items = new Array(size);
    resolvers = new Array(size);
    waiting = 0;
  };
  const flush = () => {
    isScheduled = false;
    if (waiting > 0) seal();
    const batches = full;
    const settling = settlers;
    full = [];
    settlers = [];
    for (let batch = 0; batch < batches.length; batch++) {
      const results = work(batches[batch]!);
      const settle = settling[batch]!;
      settling[batch] = undefined;
      for (let i = 0; i < results.length; i++) settle[i]!(results[i]!);
    }
  };
  return (item) => {
    if (waiting === size) seal();
    items[waiting] = item;
    if (!isScheduled) {
      isScheduled = true;
      soon.then(flush);
    }
    return new Promise(hold);
  };
}
