/**
 * How long a call may wait, and which lane goes first.
 *
 * @module
 */
import type { LaneKey } from "../../mod.ts";
import type { Caller, SimBatch } from "./caller.ts";
import type { Model } from "./model.ts";
import { weightOf } from "./order.ts";

/** When a call has to leave, if a slot is free, in ms. */
export function dueAt(model: Model, caller: Caller): number {
  const { at, wish, deadlineMs, deadlineAt, leadMs, flushed } = caller;
  const { maxWaitMs, isAdaptive } = model.promised;
  if (flushed !== "no" || model.endings.isClosed) return at;
  const since = isAdaptive
    ? Math.max(at, model.slots.freeSince ?? Infinity)
    : at;
  if (deadlineMs === Infinity) return since + maxWaitMs;
  // A lane may learn later how long batches take.
  const lead = wish.deadlineMs === undefined
    ? Math.min(leadMs, model.leadMs(deadlineMs))
    : leadMs;
  return Math.min(since + maxWaitMs, deadlineAt - lead);
}

/** At rest nobody waits who has to leave. */
export function checkWaiting(model: Model): void {
  const now = model.clock.now();
  const { size, maxWeight } = model.setup;
  const lines = linesOf(model);
  if (model.slots.allowed <= 0) return;
  for (const { id, isNested, flushed } of model.waiting) {
    model.demand(
      "R26 a call from inside a batch needs no slot",
      !isNested,
      () => `${id} waits`,
    );
    model.demand(
      "R26 what is flushed from inside a batch needs no slot",
      flushed !== "unbound",
      () => `${id} waits`,
    );
  }
  if (model.slots.free <= 0 || !model.slots.isSure) return;
  for (const line of lines.values()) {
    model.demand(
      "R1 a full batch does not wait while a slot is free",
      line.length < size,
      () => `${line.length} calls do`,
    );
    model.demand(
      "R6 what fills a batch does not wait while a slot is free",
      weightOf(line) < maxWeight,
      () => `${weightOf(line)} do`,
    );
    for (const caller of line) {
      model.demand(
        "R2, R3, R17, R20 nobody waits beyond the promise while a slot is free",
        now < dueAt(model, caller),
        () => `${caller.id} waits since ${caller.at}`,
      );
    }
  }
}

/** The calls that need a slot, by lane. */
function linesOf({ waiting }: Model): Map<LaneKey, Caller[]> {
  const lines = new Map<LaneKey, Caller[]>();
  for (const caller of waiting) {
    if (caller.isNested) continue;
    const line = lines.get(caller.key);
    if (line) line.push(caller);
    else lines.set(caller.key, [caller]);
  }
  return lines;
}

interface Passed {
  times: number;
  /** The most lanes there were to choose from. */
  lanes: number;
}

/** Which lanes have to wait for others (R7). */
export class Patience {
  readonly #model: Model;
  readonly #passed = new Map<LaneKey, Passed>();
  /** Lanes that others have been preferred to since they went last. */
  readonly #impatient = new Set<LaneKey>();
  /** Lanes that had to go first, unless there is a slot for them, too. */
  readonly #owed = new Map<LaneKey, string>();

  /** Nobody has waited yet. */
  constructor(model: Model) {
    this.#model = model;
  }

  /** A batch leaves; its calls still wait. */
  leaves({ key, callers, isNested, isUnbound }: SimBatch): void {
    const lines = linesOf(this.#model);
    if (isNested) {
      for (const other of lines.keys()) this.#impatient.add(other);
      return;
    }
    const wasPassed = this.#impatient.delete(key);
    this.#passed.delete(key);
    this.#owed.delete(key);
    // A slot that was kept for another lane may go to one that has lost patience meanwhile.
    if (wasPassed) this.#owed.clear();
    const now = this.#model.clock.now();
    const { isUnsettled, room, clock } = this.#model;
    const own = lines.get(key) ?? [];
    lines.delete(key);
    for (const other of lines.keys()) this.#impatient.add(other);
    // A lane that is not full leaves at the end of a turn: where that may never come, others go meanwhile.
    if (!clock.isSound) this.#passed.clear();
    if (isUnbound || !clock.isSound) return;
    const ready = [...lines].filter(([, line]) => this.#isReady(line));
    const areScarce = this.#model.slots.free <= ready.length;
    for (const [other, line] of areScarce ? ready : []) {
      const passed = this.#passed.get(other) ?? { times: 0, lanes: 0 };
      this.#passed.set(other, passed);
      passed.times++;
      passed.lanes = Math.max(passed.lanes, lines.size + 1);
      this.#model.demand(
        "R7 a lane is passed over at most twice as often as there are lanes",
        passed.times <= 2 * passed.lanes,
        () => `${String(other)} is, ${passed.times} times`,
      );
      if (wasPassed || isUnsettled || room.mayDrop) continue;
      if (ageOf(line, now, "at") <= ageOf(own, now, "since")) continue;
      this.#owed.set(other, `${String(other)} comes before ${callers[0]!.id}`);
    }
  }

  /** At rest: whoever did not go first has no slot either. */
  check(): void {
    const lines = linesOf(this.#model);
    for (const [key, what] of this.#owed) {
      this.#model.demand(
        "R7 the lane whose calls have waited longest in sum goes first",
        this.#model.slots.free > 0 || !this.#model.slots.isSure ||
          !this.#isReady(lines.get(key) ?? []),
        () => what,
      );
    }
    this.#owed.clear();
    for (const key of this.#passed.keys()) {
      if (!this.#isReady(lines.get(key) ?? [])) this.#passed.delete(key);
    }
  }

  /** Whether a lane would leave, if there was a slot, as it would have before this turn. */
  #isReady(line: readonly Caller[]): boolean {
    const now = this.#model.clock.now();
    if (line.some(({ flushed }) => flushed === "unbound")) return false;
    const old = line.filter(({ turn, deadlineAt }) =>
      turn < this.#model.turn.number && deadlineAt > now
    );
    const { size, maxWeight } = this.#model.setup;
    return old.length >= size || weightOf(old) >= maxWeight ||
      old.some((caller) => dueAt(this.#model, caller) <= now);
  }
}

function ageOf(
  line: readonly Caller[],
  now: number,
  from: "at" | "since",
): number {
  const alive = line.filter(({ deadlineAt }) => deadlineAt > now);
  return alive.reduce((sum, caller) => sum + now - caller[from], 0);
}
