/**
 * What stands in the queue for calls that ask for the same, and each of those calls.
 *
 *     JoinedCall ─┐
 *     JoinedCall ─┼─▶ SharedPlace ─▶ lane ─▶ batch
 *     JoinedCall ─┘
 *
 * @module
 */
import { Alarms } from "./core/alarms.ts";
import { Call, type LaneKey, type SettleInfo } from "./core/call.ts";
import type { Watch } from "./hooks.ts";

/** What calls have in common that share a place. */
export interface Subject {
  /** The key of their lane. */
  readonly lane: LaneKey;
  /** Whether they are made from inside running batches. */
  readonly nested: boolean;
  /** What `dedupe` has answered. */
  readonly key: unknown;
}

/** One of the calls that share a place; it has a signal, a deadline and an `onSettle` of its own. */
export class JoinedCall extends Call {
  /** What stands in the queue for it; set when it joins. */
  place!: SharedPlace;

  /** Makes one that has joined no place yet, and is to be answered within `spanMs`. */
  constructor({ spanMs, priority, now }: {
    readonly spanMs: number;
    readonly priority: number | undefined;
    readonly now: number;
  }) {
    super(undefined, priority);
    this.deadlineMs = spanMs;
    this.deadlineFrom = now;
  }

  /** When it was made, in ms. */
  get cameAt(): number {
    return this.deadlineFrom;
  }
}

/**
 * Stands in the queue and in a batch for all calls that share its place: what becomes of it
 * becomes of them. It has the highest of their priorities and the nearest of their deadlines.
 */
export class SharedPlace extends Call {
  /** Those who have not left. */
  readonly calls: Set<JoinedCall> = new Set();
  /** What they are about. */
  readonly subject: Subject;
  /** Whether it has been answered or has left: nobody joins any more. */
  isOver = false;
  readonly #deadlines = new Alarms<JoinedCall>();
  readonly #watch: Watch;
  /** When it was put into the queue, in ms. */
  readonly #placedAt: number;

  /** Makes one that nobody has joined yet; `answer` hears what it resolves with. */
  constructor(
    subject: Subject,
    answer: (outcome: unknown) => void,
    priority: number,
    { watch, now }: { readonly watch: Watch; readonly now: number },
  ) {
    super(answer, priority);
    this.subject = subject;
    this.#watch = watch;
    this.#placedAt = now;
  }

  /** The nearest deadline, if any of them has one. */
  get nearest(): JoinedCall | undefined {
    return this.#deadlines.due(Infinity);
  }

  /** Those whose deadline has passed. */
  lateBy(now: number): JoinedCall[] {
    return [...this.calls].filter(({ deadlineAt }) => deadlineAt <= now);
  }

  /** A call shares the place from now on. */
  add(call: JoinedCall): void {
    const { deadlineAt } = call;
    call.place = this;
    this.calls.add(call);
    if (deadlineAt < Infinity) this.#deadlines.set(call, deadlineAt);
    if (call.onSettle) this.onSettle ??= (info) => this.#tell(info);
  }

  /** A call leaves; returns whether it had not left already. */
  delete(call: JoinedCall): boolean {
    this.#deadlines.remove(call);
    return this.calls.delete(call);
  }

  /** What the `onCall` hook said of each. */
  override get tags(): unknown[] {
    return [...this.calls].flatMap(({ tags }) => tags);
  }

  /** All who asked for it hear of the batch, each of its own wait. */
  #tell(info: SettleInfo): void {
    const startedAt = this.#placedAt + info.waitMs;
    for (const { cameAt, onSettle } of this.calls) {
      const waitMs = Math.max(0, startedAt - cameAt);
      this.#watch.guard(() => onSettle?.({ ...info, waitMs }), "onSettle");
    }
  }
}
