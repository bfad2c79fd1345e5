/**
 * What all that batch have in common here.
 *
 * @module
 */

/** Makes a call; its answer is to be awaited. */
export type MakeCall = (item: number) => number | Promise<number>;

/** What is done with a batch. */
export type Work = (items: number[]) => number[];

/** How calls are batched. */
export interface Batching {
  readonly size: number;
  readonly maxWaitMs: number;
}

/** Makes a batcher, and gives what makes calls to it. */
export type Batch = (batching: Batching, work: Work) => MakeCall;
