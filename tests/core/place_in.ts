import { Call, type LaneKey, type Ticket } from "../../src/core/call.ts";
import type { Queue } from "../../src/core/queue.ts";

/** Where a call goes, unless to the default lane with no particular priority. */
export interface Spot {
  readonly lane?: LaneKey;
  readonly nested?: boolean | undefined;
  readonly priority?: number | undefined;
  readonly weight?: number | undefined;
}

/** Puts a call into a queue. */
export function placeIn<Item>(
  queue: Queue<Item>,
  item: Item,
  ticket: Ticket,
  { lane: key, nested = false, priority = 0, weight }: Spot = {},
): void {
  const lane = queue.laneOf(key, nested);
  const isKnown = priority === 0 || typeof ticket === "object";
  const held = isKnown ? ticket : new Call(ticket, priority);
  queue.put(item, weight, lane, lane.lineOf(priority)).hold(held);
}
