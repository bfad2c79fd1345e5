/**
 * Who is compared: four ways to make a call. None of them does any work in its
 * batches, so that all the time is their own.
 *
 * @module
 */
import DataLoader from "dataloader";
import { Batcher } from "../../mod.ts";

/** Makes a call; its answer is to be awaited. */
export type MakeCall = (item: number) => number | Promise<number>;

/** How calls are batched. */
export interface Batching {
  size: number;
  maxWaitMs: number;
}

/** The contestants by name. What a ratio is a ratio to, is the `floor`. */
export const contestants: Record<string, (batching: Batching) => MakeCall> = {
  null: () => (item) => item,
  floor,
  batched,
  dataloader,
};

/** Takes what became of a call. */
type Resolve = (result: number) => void;

/**
 * The least that batches and never runs a batch inside a caller's stack: an array of
 * items, an array of what resolves them, one promise per call, a list of full
 * batches, one flush. No wait, no limit, no errors, nobody leaves. What makes it fast:
 * neither a closure nor a record per call, arrays that never grow, and no batch kept
 * longer than until it is settled.
 */
function floor({ size }: Batching): MakeCall {
  let items = new Array<number>(size);
  let resolvers = new Array<Resolve>(size);
  let full: number[][] = [];
  let settlers: (Resolve[] | undefined)[] = [];
  let waiting = 0;
  let isScheduled = false;
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
      const results = noWork(batches[batch]!);
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
      queueMicrotask(flush);
    }
    return new Promise(hold);
  };
}

/** This library. */
function batched(batching: Batching): MakeCall {
  const options = { ...batching, concurrency: Infinity };
  const batcher = new Batcher(noWork, options);
  return (item) => batcher.run(item);
}

/**
 * The one that everybody knows. It has no `maxWaitMs`; its own schedule, used here,
 * is the fastest that it has. It wants a promise from its batch function.
 */
function dataloader({ size }: Batching): MakeCall {
  const loader = new DataLoader<number, number>(
    (items) => Promise.resolve(items),
    { cache: false, maxBatchSize: size },
  );
  return (item) => loader.load(item);
}

/** The batch function: an answer for each item, for nothing. */
function noWork(items: number[]): number[] {
  return items;
}
