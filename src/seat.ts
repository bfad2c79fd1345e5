/**
 * Promises whose callers sit in the batch from the start.
 *
 * @module
 */
import type { Resolve, Ticket } from "./core/call.ts";
import { ownPromise } from "./own_promise.ts";

type Tickets = (Ticket | undefined)[];

/** Where the callers of one batcher sit down. */
export interface Seats<Out> {
  /** Makes a promise that is settled by what it puts at this place. */
  readonly take: (tickets: Tickets, index: number) => Promise<Out>;
  /** Keeps none alive of those who sat down. */
  readonly standUp: () => void;
}

/**
 * Two variables tell the next promise where to put what settles it. Nothing can run between the
 * statement that sets them and the promise that reads them. A closure for each call would cost more than
 * all the rest, and so would keeping `resolve` here, as each would be entered among the old objects that
 * point to young ones; the row changes once a batch. They belong to one batcher, as engines make less of
 * what all of them share.
 *
 * @param isAtHome Whether each caller has a request that it must go on in.
 */
export function seats<Out>(isAtHome: boolean): Seats<Out> {
  let row: Tickets = [];
  let place = 0;
  const sit = (resolve: unknown) => {
    row[place] = resolve as Resolve;
  };
  return {
    take: (tickets, index) => {
      if (row !== tickets) row = tickets;
      place = index;
      return isAtHome ? ownPromise<Out>(sit) : new Promise<Out>(sit);
    },
    standUp: () => void (row = []),
  };
}
