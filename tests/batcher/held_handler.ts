/**
 * A handler whose batches the test answers, when and how it wants.
 *
 * @module
 */
import type { BatchContext, SettledAnswer } from "../../mod.ts";

/** A batch that the handler was called with. */
export interface HeldBatch<In, Out> {
  readonly items: In[];
  readonly batch: BatchContext;
  /** Answers this. */
  answer(answer: SettledAnswer<Out>): void;
  /** Answers what the work makes of each item. */
  finish(): void;
  /** Rejects with this. */
  fail(error: unknown): void;
}

/** Holds its batches until they are answered. */
export interface HeldHandler<In, Out> {
  (items: In[], batch: BatchContext): Promise<SettledAnswer<Out>>;
  readonly batches: HeldBatch<In, Out>[];
  /** The items of each batch, as they came. */
  readonly items: In[][];
  /** The batch with that index. */
  at(index: number): HeldBatch<In, Out>;
}

/** Makes a handler that does this with each item once it is told to. */
export function heldHandler<In, Out>(
  work: (item: In) => Out,
): HeldHandler<In, Out> {
  const batches: HeldBatch<In, Out>[] = [];
  const items: In[][] = [];
  const handler = (given: In[], batch: BatchContext) =>
    new Promise<SettledAnswer<Out>>((answer, fail) => {
      const finish = () => answer(given.map(work));
      items.push([...given]);
      batches.push({ items: given, batch, answer, finish, fail });
    });
  const at = (index: number) => {
    const batch = batches[index];
    if (batch === undefined) throw new RangeError(`No batch ${index} yet`);
    return batch;
  };
  return Object.assign(handler, { batches, items, at });
}
