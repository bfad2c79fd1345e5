/**
 * Plain ways to choose among lanes that share slots: what one would write without much
 * thought.
 *
 * @module
 */
import type { Backend, Batching, Contender, Item } from "./backend.ts";
import { Line } from "./line.ts";

/** A lane in which somebody waits. */
interface WaitingLane {
  readonly line: Line<Item>;
  /** The sum of the times at which they came. */
  arrivals: number;
  /** When it was served last: counts the batches. */
  servedAt: number;
}

/** How much a lane wants to be next. */
type Order = (lane: WaitingLane, now: number) => number;

/** The lane with the oldest call. */
export const oldestFirst: Contender = inLanes(({ line }) =>
  -line.first.arrivedAt
);

/** The lane that was served longest ago. */
export const roundRobin: Contender = inLanes(({ servedAt }) => -servedAt);

/** The lane whose calls have waited longest in sum. */
export const oldestInSum: Contender = inLanes(({ line, arrivals }, now) =>
  line.length * now - arrivals
);

/** Starts as soon as a slot is free, with all that waits in one lane. */
function inLanes(order: Order): Contender {
  return (backend) => new Lanes(order, backend);
}

class Lanes implements Batching {
  readonly #order: Order;
  readonly #backend: Backend;
  readonly #lanes = new Map<number, WaitingLane>();
  #running = 0;
  #batches = 0;

  constructor(order: Order, backend: Backend) {
    this.#order = order;
    this.#backend = backend;
  }

  arrive(item: Item): void {
    const key = item.kind.lane ?? 0;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { line: new Line(), arrivals: 0, servedAt: 0 };
      this.#lanes.set(key, lane);
    }
    lane.line.push(item);
    lane.arrivals += item.arrivedAt;
  }

  ended(): void {
    this.#running--;
  }

  turn(now: number): number {
    while (this.#running < this.#backend.slots) {
      const lane = this.#next(now);
      if (lane === undefined) break;
      const items = lane.line.take(this.#backend.size);
      for (const { arrivedAt } of items) lane.arrivals -= arrivedAt;
      lane.servedAt = ++this.#batches;
      this.#running++;
      this.#backend.start(items, undefined);
    }
    return Infinity;
  }

  #next(now: number): WaitingLane | undefined {
    let [next, most]: [WaitingLane | undefined, number] = [
      undefined,
      -Infinity,
    ];
    for (const lane of this.#lanes.values()) {
      if (lane.line.length === 0) continue;
      const wish = this.#order(lane, now);
      if (wish > most) [next, most] = [lane, wish];
    }
    return next;
  }
}
