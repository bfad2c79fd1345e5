/**
 * What flush() and close() have to do (R20).
 *
 * @module
 */
import type { Caller, Went } from "./caller.ts";
import type { Model } from "./model.ts";

/** Somebody waits for the end of some calls. */
export interface Ending {
  /** Whether it is the end of all calls, and of the batches that run. */
  readonly isLast: boolean;
  readonly callers: readonly Caller[];
  /** Whether all of these waited, for sure. */
  readonly isSure: boolean;
  isDone: boolean;
}

/** Who waits for what to end. */
export class Endings {
  /** Whether calls are accepted no more. */
  isClosed = false;
  /** When what is left is given up, in ms. */
  closeBy: number = Infinity;
  readonly #model: Model;
  #endings: Ending[] = [];

  /** Nobody waits. */
  constructor(model: Model) {
    this.#model = model;
  }

  /** What waits is to leave. */
  flush(isInside: boolean): Ending {
    const { waiting, clock, room } = this.#model;
    const now = clock.now();
    // Those who have left without having been told yet do not wait any more.
    const callers = waiting.filter(({ deadlineAt }) => now < deadlineAt);
    const isSure = !room.mayDrop &&
      callers.every(({ expiresFrom }) => now < expiresFrom);
    for (const caller of waiting) {
      if (isInside) caller.flushed = "unbound";
      else if (caller.flushed === "no") caller.flushed = "bound";
    }
    return this.#added({
      isLast: false,
      callers,
      isSure,
      isDone: false,
    });
  }

  /** Nothing comes any more. */
  close(timeoutMs: number, isInside: boolean): Ending {
    this.isClosed = true;
    const now = this.#model.clock.now();
    this.closeBy = Math.min(this.closeBy, now + timeoutMs);
    if (isInside) return this.flush(true);
    return this.#added({
      isLast: true,
      callers: [],
      isSure: true,
      isDone: false,
    });
  }

  /** Somebody hears of the end. */
  ended(ending: Ending): void {
    ending.isDone = true;
    const { unseen, slots, clock } = this.#model;
    const callers = ending.isLast ? [...unseen] : ending.callers;
    const open = callers.find(({ seen, verdict }) =>
      seen === undefined && verdict !== "refused"
    );
    this.#model.demand(
      "R20 when flush() or close() resolves, all have heard",
      open === undefined || !ending.isSure,
      () => `${open!.id} has not`,
    );
    const isRunning = slots.running.some((batch) =>
      batch.answeredAt === undefined && !slots.isOverdue(batch)
    );
    this.#model.demand(
      "R20 close() waits for running batches",
      !ending.isLast || !isRunning || clock.now() >= this.closeBy,
      () => "it does not",
    );
  }

  /** Says whether a call that finds the batcher closed was accepted before. */
  wayOut({ id, verdict }: Caller): Went {
    if (verdict === "refused") return "refused";
    this.#model.demand(
      "R20 what is left rejects when closing takes too long",
      this.#model.clock.now() >= this.closeBy,
      () => `${id} does before`,
    );
    return "closed";
  }

  /** At rest nobody waits for what has ended. */
  check(): void {
    const { clock, slots: { running }, waiting } = this.#model;
    this.#endings = this.#endings.filter(({ isDone }) => !isDone);
    for (const { isLast, callers } of this.#endings) {
      const isOver = isLast
        ? running.length + waiting.length === 0 ||
          clock.now() >= this.closeBy
        : callers.every(({ state }) => state === "gone");
      this.#model.demand(
        "R20 flush() and close() resolve when all has ended",
        !isOver || !clock.isSound,
        () => isLast ? "close() does not" : "flush() does not",
      );
    }
  }

  #added(ending: Ending): Ending {
    this.#endings.push(ending);
    return ending;
  }
}
