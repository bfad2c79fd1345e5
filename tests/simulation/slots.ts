/**
 * The batches that run, and whether another one may leave.
 *
 * @module
 */
import { type Caller, isOver, pendingIn, type SimBatch } from "./caller.ts";
import type { Fate, Held } from "./answers.ts";
import type { Answer } from "./answers.ts";
import type { Model } from "./model.ts";
import { checkEnd } from "./telling.ts";

/** What runs. */
export class Slots {
  /** The batches that have not ended, as far as is known. */
  running: SimBatch[] = [];
  /** All of them, in the order in which they left. */
  readonly batches: SimBatch[] = [];
  /** Since when a slot is free; `undefined` when none is. */
  freeSince: number | undefined = 0;
  /** How long batches ran that ended well, in ms. */
  readonly runs: { least: number; most: number; isHeardOf: boolean } = {
    least: Infinity,
    most: 0,
    isHeardOf: false,
  };
  readonly #model: Model;

  /** Nothing runs. */
  constructor(model: Model) {
    this.#model = model;
  }

  /** How many batches hold a slot, at least. */
  get held(): number {
    return this.running.filter((batch) =>
      batch.isUnboundSure && !batch.isUnbound && !isOver(batch) &&
      !this.isOverdue(batch)
    ).length;
  }

  /** Whether it is known of all batches if they hold a slot. */
  get isSure(): boolean {
    return this.vague === 0 &&
      this.running.every(({ isUnboundSure }) => isUnboundSure);
  }

  /** How many more batches the rate limit allows, at most. */
  get allowed(): number {
    const { rateLimit } = this.#model.setup;
    if (rateLimit === undefined) return Infinity;
    const now = this.#model.clock.now();
    const since = this.batches.filter(({ startedAt }) =>
      startedAt + rateLimit.perMs > now
    );
    return rateLimit.batches - since.length;
  }

  /** How many slots are free, at most. */
  get free(): number {
    return Math.min(this.#model.setup.concurrency - this.held, this.allowed);
  }

  /** Whether a batch finds a slot that leaves now. */
  get isAnyLeft(): boolean {
    return this.#model.setup.concurrency - this.held > 0;
  }

  /** When something is due of the batches that run, in ms. */
  *dueTimes(): Iterable<number> {
    const { batchTimeoutMs, rateLimit } = this.#model.setup;
    for (const { startedAt } of this.running) yield startedAt + batchTimeoutMs;
    if (rateLimit === undefined) return;
    for (const { startedAt } of this.batches.slice(-rateLimit.batches)) {
      yield startedAt + rateLimit.perMs;
    }
  }

  /** How many batches may have run out of time without a word, where timers may have died. */
  get vague(): number {
    if (this.#model.clock.isSound) return 0;
    return this.running.filter((batch) => this.isOverdue(batch)).length;
  }

  /** A batch leaves. */
  add(batch: SimBatch): void {
    const { isUnbound } = batch;
    this.#model.demand(
      "R3 no more batches run than there are slots",
      isUnbound || !batch.isUnboundSure || this.isAnyLeft,
      () => `${this.held} do already`,
    );
    this.#model.demand(
      "Rate limits hold, for batches without a slot as well",
      this.allowed > 0,
      () => `batch ${batch.number} leaves`,
    );
    this.batches.push(batch);
    this.running.push(batch);
    if (this.free <= 0) this.freeSince = undefined;
  }

  /** A handler has answered. */
  answered(batch: SimBatch, given: Answer): void {
    if (batch.isTimedOut) return;
    const { answer, isThrown, fates, held, leftOut } = given;
    // When closing gives up in the same turn, its callers may not have heard of it yet.
    const isGivenUp = this.#model.clock.now() >= this.#model.endings.closeBy;
    if (!this.#model.isUnsettled && !isGivenUp) this.#checkSignal(batch);
    this.#model.isUnsettled = true;
    batch.answeredAt = this.#model.clock.now();
    batch.held = [...held];
    batch.leftOut = leftOut;
    const isMisfit = fates[0]?.kind === "misfit";
    if (isThrown) batch.failure = { kind: "error", error: answer };
    else if (isMisfit) batch.failure = fates[0];
    fates.forEach((fate, i) => decide(batch.callers[i]!, fate));
    this.#mayEnd(batch);
    if (pendingIn(batch).length === 0) this.deserted(batch);
  }

  /** An outcome that was still a promise, or part of a stream, has come. */
  outcome(batch: SimBatch, held: Held, fate: Fate): void {
    this.#model.isUnsettled = true;
    batch.held.splice(batch.held.indexOf(held), 1);
    batch.answeredAt = this.#model.clock.now();
    decide(batch.callers[held.index]!, fate);
    this.#mayEnd(batch);
  }

  /** All of its callers have gone: a stream is asked to end. */
  deserted(batch: SimBatch): void {
    if (!batch.leftOut || batch.lastGone !== "left") return;
    batch.answeredAt = this.#model.clock.now();
    batch.held = [];
    batch.leftOut = batch.failure = undefined;
    this.#mayEnd(batch);
  }

  /** Its time was up: whatever its handler says now counts no more. */
  timedOut(batch: SimBatch): void {
    const { batchTimeoutMs } = this.#model.setup;
    batch.isTimedOut = true;
    // Its handler may have answered after that, before anybody was told.
    const { answeredAt = Infinity, since } = batch;
    batch.answeredAt = Math.min(answeredAt, this.#dueAt(since));
    batch.held = [];
    batch.leftOut = undefined;
    batch.failure = { kind: "timeout", batchTimeoutMs };
    if (this.free > 0) this.freeSince ??= this.#model.clock.now();
  }

  /** At rest: batches that are over have ended, signals have aborted where they have to. */
  check(): void {
    const isSound = this.#model.clock.isSound;
    for (const batch of this.running) {
      const isHeard = this.#model.tally.ends.has(batch.number);
      const isUp = this.isOverdue(batch) && !isOver(batch);
      if (isUp && (isSound || isHeard)) this.timedOut(batch);
      this.#checkSignal(batch);
      if (!isOver(batch)) continue;
      checkEnd(this.#model, batch);
      const mostMs = this.#model.clock.now() - batch.since;
      this.runs.most = Math.max(this.runs.most, mostMs);
    }
    this.running = this.running.filter((batch) => !isOver(batch));
    this.runs.isHeardOf = this.runs.least < Infinity;
    if (this.free > 0) this.freeSince ??= this.#model.clock.now();
    else this.freeSince = undefined;
  }

  /** Whether the time of a batch is up, or that of closing. */
  isOverdue({ startedAt }: SimBatch): boolean {
    return this.#model.clock.now() >= this.#dueAt(startedAt);
  }

  /** When a batch that started then ends, whatever its handler does. */
  #dueAt(startedAt: number): number {
    const { setup: { batchTimeoutMs }, endings: { closeBy } } = this.#model;
    return Math.min(startedAt + batchTimeoutMs, closeBy);
  }

  #mayEnd(batch: SimBatch): void {
    if (!isOver(batch)) return;
    const now = this.#model.clock.now();
    const { leftOut = [], callers } = batch;
    if (leftOut.length > 0) {
      const expected = callers.length;
      const received = expected - leftOut.length;
      batch.failure = { kind: "misfit", expected, received };
      for (const index of leftOut) decide(callers[index]!, batch.failure);
    }
    if (this.free > 0) this.freeSince ??= now;
    if (batch.failure === undefined) {
      // Where its time was up as well it may not have been measured.
      const ms = this.isOverdue(batch) ? 0 : now - batch.startedAt;
      this.runs.least = Math.min(this.runs.least, ms);
      this.runs.most = Math.max(this.runs.most, ms);
    }
  }

  /** The signal of a batch aborts with its last caller or its time limit, and not before. */
  #checkSignal(batch: SimBatch): void {
    const { isTimedOut } = batch;
    // Its answer and the end of its time may have come at once.
    const isClose = !isTimedOut && this.isOverdue(batch);
    if (!batch.isSignalSure || isClose) return;
    const isLeft = pendingIn(batch).length === 0 && batch.lastGone === "left";
    const isAborted = isLeft || isTimedOut;
    // A signal that nobody has asked for yet is made late.
    if (!isOver(batch) && batch.number % 3 === 0) return;
    this.#model.demand(
      "R16, R19 the batch's signal aborts when its last caller has left or its time is up, and only then",
      batch.signal().aborted === isAborted,
      () => `that of batch ${batch.number} ${isAborted ? "does not" : "does"}`,
    );
  }
}

/** What a handler has answered is what has to become of a call that still waits for it. */
function decide(caller: Caller, fate: Fate | undefined): void {
  if (caller.state === "running") caller.fate = fate;
}
