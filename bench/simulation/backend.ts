/**
 * What meets in a simulation: items, those who batch them, and the back end that
 * works on batches.
 *
 * @module
 */

/** A call that is under way. */
export interface Item {
  /** When it came, in ms. */
  readonly arrivedAt: number;
  /** What it is like. */
  readonly kind: Kind;
  /** Who hears that it was answered, or refused. */
  readonly caller?: Caller | undefined;
}

/** What some calls have in common. */
export interface Kind {
  /** Those of different lanes never share a batch. */
  readonly lane?: number;
  /** Higher goes first. @default 0 */
  readonly priority?: number;
  /** Whether what happens to them is measured. @default true */
  readonly isMeasured?: boolean;
}

/** Someone who calls again once he has been answered. */
export interface Caller {
  /** His call has been answered, or `isRefused`. */
  hear(now: number, isRefused: boolean): void;
}

/** Where batches are worked on. */
export interface Backend {
  /** Most items in a batch. */
  readonly size: number;
  /** How many batches it can work on at once. */
  readonly slots: number;
  /** The sizes that it likes. */
  readonly preferredSizes: readonly number[] | undefined;
  /** The step of the timers there, in ms; 0 for exact ones. */
  readonly timerStepMs: number;
  /** Works on a batch; its end is told by {@link Batching.ended} with this `tag`. */
  start(items: readonly (Item | undefined)[], tag: unknown): void;
  /** Tells the caller that this item is not served. */
  refuse(item: Item): void;
}

/** One who batches: the shipped core, a rival or an oracle. */
export interface Batching {
  /** An item comes. */
  arrive(item: Item, now: number): void;
  /** The batch that was started with this tag has ended. */
  ended(tag: unknown, now: number): void;
  /**
   * All that happens at this time has been told: a turn of the event loop.
   *
   * @returns When it wants a turn, in ms, if nothing happens before.
   */
  turn(now: number): number;
}

/** Makes one who batches for this back end. */
export type Contender = (backend: Backend) => Batching;
