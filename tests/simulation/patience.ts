/**
 * Which lane goes first.
 *
 * @module
 */
import type { LaneKey } from "../../mod.ts";
import type { Caller, SimBatch } from "./caller.ts";
import type { Model } from "./model.ts";
import { weightOf } from "./order.ts";
import { dueAt, linesOf } from "./waiting.ts";

interface Passed {
  /** How often its lane might have left and another one went. */
  times: number;
  /** The most lanes there were to choose from. */
  lanes: number;
}

const NEVER: Passed = { times: 0, lanes: 0 };

/** Which lanes have to wait for others (R7). */
export class Patience {
  readonly #model: Model;
  /** By the calls that waited: a lane that is emptied is as good as new. */
  readonly #passed = new Map<Caller, Passed>();
  /** Lanes that others have been preferred to since they went last. */
  readonly #impatient = new Set<LaneKey>();
  /** Lanes that had to go first, unless there is a slot for them, too. */
  readonly #owed = new Map<LaneKey, string>();

  /** Nobody has waited yet. */
  constructor(model: Model) {
    this.#model = model;
  }

  /** A batch leaves; its calls still wait. */
  leaves(batch: SimBatch): void {
    const { key, callers, isNested, isUnbound, isUnboundSure } = batch;
    const lines = linesOf(this.#model);
    const isFirst = isUnbound || !isUnboundSure;
    // Where starts are limited, what needs no slot goes before all others.
    if (isFirst && this.#model.setup.rateLimit) this.#owed.clear();
    if (isNested) {
      for (const other of lines.keys()) this.#impatient.add(other);
      return;
    }
    const wasPassed = this.#impatient.delete(key);
    this.#owed.delete(key);
    // A slot that was kept for another lane may go to one that has lost patience meanwhile.
    if (wasPassed) this.#owed.clear();
    const now = this.#model.clock.now();
    const { isUnsettled, room, clock } = this.#model;
    const own = lines.get(key) ?? [];
    for (const caller of callers) this.#checkPasses(caller);
    for (const caller of own) this.#passed.delete(caller);
    lines.delete(key);
    for (const other of lines.keys()) this.#impatient.add(other);
    // A lane that is not full leaves at the end of a turn: where that may never come, others go meanwhile.
    if (!clock.isSound) this.#passed.clear();
    if (isFirst || !clock.isSound) return;
    const ready = [...lines].filter(([, line]) => this.#isReady(line));
    const areScarce = this.#model.slots.free <= ready.length;
    const lanes = lines.size + 1 + nestedLines(this.#model);
    for (const [other, line] of areScarce ? ready : []) {
      for (const caller of line) this.#pass(caller, lanes);
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
    for (const caller of this.#passed.keys()) {
      // Of those who have gone it is not known when they did.
      if (caller.state === "gone") this.#passed.delete(caller);
      else this.#checkPasses(caller);
    }
    for (const line of lines.values()) {
      if (this.#isReady(line)) continue;
      for (const caller of line) this.#passed.delete(caller);
    }
  }

  #pass(caller: Caller, lanes: number): void {
    const passed = this.#passed.get(caller) ?? { times: 0, lanes };
    this.#passed.set(caller, passed);
    passed.times++;
    passed.lanes = Math.max(passed.lanes, lanes);
  }

  #checkPasses(caller: Caller): void {
    const { times, lanes } = this.#passed.get(caller) ?? NEVER;
    this.#model.demand(
      "R7 a lane is passed over at most twice as often as there are lanes",
      times <= 2 * lanes,
      () => `that of ${caller.id} is, ${times} times`,
    );
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

/** How many lanes of calls from inside of batches wait, as they do where starts are limited. */
function nestedLines({ waiting }: Model): number {
  const nested = waiting.filter(({ isNested }) => isNested);
  return new Set(nested.map(({ key }) => key)).size;
}

function ageOf(
  line: readonly Caller[],
  now: number,
  from: "at" | "since",
): number {
  const alive = line.filter(({ deadlineAt }) => deadlineAt > now);
  return alive.reduce((sum, caller) => sum + now - caller[from], 0);
}
