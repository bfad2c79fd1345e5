/**
 * Drives the shipped scheduler, as a batcher does. All that the simulator knows of
 * the core stands here.
 *
 * @module
 */
import {
  type Batch,
  Call,
  type Policy,
  type Port,
  Scheduler,
} from "../../mod.ts";
import type { Backend, Batching, Contender, Item } from "./backend.ts";

/** The shipped scheduler with this policy. */
export function shipped(policy: Policy): Contender {
  return (backend) => new Shipped(policy, backend);
}

/** Answers go another way than in a batcher. */
const unheard = () => {};

class Shipped implements Batching, Port<Item> {
  readonly #backend: Backend;
  readonly #scheduler: Scheduler<Item>;
  #lookAt = Infinity;

  constructor(policy: Policy, backend: Backend) {
    this.#backend = backend;
    const { size, slots, timerStepMs, preferredSizes } = backend;
    const options = {
      size,
      policy,
      timerStepMs,
      preferredSizes,
      concurrency: slots,
      maxQueue: Infinity,
    };
    this.#scheduler = new Scheduler<Item>(options, this);
  }

  arrive(item: Item, now: number): void {
    const { queue } = this.#scheduler;
    const isFirst = queue.now !== now;
    queue.now = now;
    const { lane: key, priority = 0 } = item.kind;
    const isPlain = key === undefined && priority === 0;
    if (isPlain && queue.hasRoom) {
      queue.put(item).hold(unheard);
    } else if (this.#admits(item) < 1) {
      this.#backend.refuse(item);
    } else {
      const ticket = priority === 0 ? unheard : new Call(unheard, priority);
      const lane = queue.laneOf(key, false);
      queue.put(item, 1, lane, lane.lineOf(priority)).hold(ticket);
      // Where more than one come in a turn, those that follow need not be asked about one by one.
      if (isPlain && !isFirst) {
        const { places } = this.#scheduler;
        queue.grant(Math.min(places, this.#admits(item)));
      }
    }
  }

  ended(tag: unknown, now: number): void {
    this.#scheduler.queue.now = now;
    this.#scheduler.ended(tag as Batch<Item>, now, false);
  }

  turn(now: number): number {
    this.#lookAt = Infinity;
    if (this.#scheduler.look(now, false)) {
      this.#lookAt = Infinity;
      this.#scheduler.look(now, true);
    }
    return this.#lookAt;
  }

  /** Part of {@link Port}. */
  dispatch(batch: Batch<Item>): void {
    this.#backend.start(batch.items, batch);
  }

  /** Part of {@link Port}. */
  wakeAt(time: number): void {
    if (time < this.#lookAt) this.#lookAt = time;
  }

  /** Part of {@link Port}. */
  expire(call: Call): void {
    this.drop(call);
  }

  /** Part of {@link Port}. */
  drop(call: Call): void {
    const item = call.batch!.items[call.index] as Item;
    this.#scheduler.remove(call, undefined);
    this.#backend.refuse(item);
  }

  /** Part of {@link Port}. */
  report(error: unknown): void {
    throw error;
  }

  /** How many more like this the policy takes. */
  #admits({ kind }: Item): number {
    const { queue } = this.#scheduler;
    const lane = queue.laneOf(kind.lane, false);
    return this.#scheduler.admits(lane, kind.priority ?? 0, queue.now);
  }
}
