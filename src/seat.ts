/**
 * Promises whose callers sit in the batch from the start.
 *
 * @module
 */
import type { Resolve, Ticket } from "./core/call.ts";
import { ownPromise } from "./own_promise.ts";

/**
 * Where the next promise puts what settles it. Nothing can run between the statement that sets
 * this and the promise that reads it. A closure for each call would cost more than all the rest,
 * and so would keeping `resolve` here, as each would be entered among the old objects that
 * point to young ones; the row changes once a batch.
 */
let row: (Ticket | undefined)[] = [];
let place = 0;

const NOBODY: readonly never[] = [];

/** Makes a promise that is settled by what it puts at this place. */
export function seated<Out>(
  tickets: (Ticket | undefined)[],
  index: number,
): Promise<Out> {
  if (row !== tickets) row = tickets;
  place = index;
  return new Promise(sit);
}

/** The same where each caller has a request that it must go on in. */
export function seatedAtHome<Out>(
  tickets: (Ticket | undefined)[],
  index: number,
): Promise<Out> {
  return ownPromise((resolve) => void (tickets[index] = resolve as Resolve));
}

/** Keeps none alive of those who sat down. */
export function standUp(): void {
  row = NOBODY as never[];
}

function sit(resolve: (value: never) => void): void {
  row[place] = resolve as Resolve;
}
