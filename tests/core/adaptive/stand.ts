import { type Batch, Call } from "../../../src/core/call.ts";
import type { Port } from "../../../src/core/port.ts";
import {
  Scheduler,
  type SchedulerOptions,
} from "../../../src/core/scheduler.ts";
import type { Policy } from "../../../src/core/policy.ts";
import { placeIn } from "../place_in.ts";

/** How a back end is, and what is asked of those who batch for it. */
export interface StandOptions {
  policy: Policy;
  /** How long a batch takes, in ms. */
  costMs: (count: number) => number;
  size?: number;
  concurrency?: number;
  timerStepMs?: number;
  /** How much later than asked for a timer rings, in ms. @default () => 0 */
  lateMs?: () => number;
  /** Higher goes first. @default () => 0 */
  priorityOf?: (item: number) => number;
  /** Whether the batch that starts then fails. */
  fails?: (now: number) => boolean;
  /** Hears that a call was answered, in the turn in which that happens. */
  onAnswer?: (item: number, now: number) => void;
}

/** A batch that has left. */
export interface Left {
  at: number;
  items: readonly number[];
  reason: string;
}

/** A scheduler with a back end in virtual time: items are numbers, and events happen in their order. */
export class Stand implements Port<number> {
  readonly scheduler: Scheduler<number>;
  /** The batches so far. */
  readonly left: Left[] = [];
  /** How long each answered call took, in ms. */
  readonly tookMs: number[] = [];
  /** The items that the policy did not take, and those that it gave up. */
  readonly refused: number[] = [];
  readonly dropped: number[] = [];
  /** How many timers have rung. */
  rings = 0;
  now = 0;

  readonly #options: StandOptions;
  readonly #events: { at: number; happen: () => void }[] = [];
  readonly #calledAt = new Map<number, number>();
  #timerAt = Infinity;

  constructor(options: StandOptions) {
    this.#options = options;
    const { policy, size = 64, concurrency = 1, timerStepMs = 0 } = options;
    const settings: SchedulerOptions = {
      policy,
      size,
      concurrency,
      timerStepMs,
      maxQueue: Infinity,
    };
    this.scheduler = new Scheduler<number>(settings, this);
  }

  /** A call will be made at that time. */
  call(at: number, item = 0): void {
    this.at(at, () => this.#arrive(item));
  }

  /** Something will happen at that time. */
  at(at: number, happen: () => void): void {
    const index = this.#events.findLastIndex((event) => event.at <= at);
    this.#events.splice(index + 1, 0, { at, happen });
  }

  /** Time goes on until then. */
  run(until: number): void {
    for (;;) {
      const nextAt = Math.min(this.#events[0]?.at ?? Infinity, this.#timerAt);
      if (nextAt > until) break;
      this.now = nextAt;
      if (this.#timerAt <= nextAt) {
        this.#timerAt = Infinity;
        this.rings++;
      }
      while ((this.#events[0]?.at ?? Infinity) <= nextAt) {
        this.#events.shift()!.happen();
      }
      this.scheduler.look(nextAt, false);
      this.scheduler.look(nextAt, true);
    }
    this.now = until;
  }

  /** How many calls the batches had that left from then on. */
  sizesSince(time: number): number[] {
    return this.left.filter(({ at }) => at >= time)
      .map(({ items }) => items.length);
  }

  dispatch(batch: Batch<number>): void {
    const { now } = this;
    const { costMs, fails } = this.#options;
    const items = [...batch.items];
    this.left.push({ at: now, items, reason: batch.reason });
    const hasFailed = fails?.(now) ?? false;
    this.at(now + costMs(batch.count), () => {
      this.scheduler.queue.now = this.now;
      this.scheduler.ended(batch, this.now, hasFailed);
      for (const item of items) this.#answer(item);
    });
  }

  wakeAt(time: number): void {
    if (time >= this.#timerAt) return;
    const { timerStepMs = 0, lateMs = () => 0 } = this.#options;
    const waitMs = Math.max(time - this.now, 0);
    const steps = Math.max(1, Math.ceil(waitMs / timerStepMs));
    const at = timerStepMs > 0 ? this.now + steps * timerStepMs : time;
    this.#timerAt = at + lateMs();
  }

  expire(call: Call): void {
    this.drop(call);
  }

  drop(call: Call): void {
    this.dropped.push(call.batch!.items[call.index] as number);
    this.scheduler.remove(call, "dropped");
  }

  report(error: unknown): void {
    throw error;
  }

  #arrive(item: number): void {
    const { queue } = this.scheduler;
    queue.now = this.now;
    const lane = queue.default;
    const priority = this.#options.priorityOf?.(item) ?? 0;
    if (this.scheduler.admits(lane, priority, this.now) < 1) {
      this.refused.push(item);
      return;
    }
    this.#calledAt.set(item, this.now);
    const ticket = priority === 0 ? () => {} : new Call(() => {}, priority);
    placeIn(queue, item, ticket, { priority });
  }

  #answer(item: number): void {
    this.tookMs.push(this.now - this.#calledAt.get(item)!);
    this.#options.onAnswer?.(item, this.now);
  }
}

/** As many callers, who call again so long after each answer. */
export function returning(
  options: Omit<StandOptions, "onAnswer">,
  callers: number,
  thinkMs: (caller: number) => number,
): Stand {
  const stand = new Stand({
    ...options,
    onAnswer: (caller, now) => stand.call(now + thinkMs(caller), caller),
  });
  // They do not come all at once, or they would never part.
  for (let caller = 0; caller < callers; caller++) stand.call(caller, caller);
  return stand;
}
