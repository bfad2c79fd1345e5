/**
 * What has to be so, by the rules alone: everything that callers and handlers see is told
 * to the model, which says where the batcher differs from it.
 *
 * @module
 */
import type { BatchContext, CallOptions } from "../../mod.ts";
import type { ListenedSignal } from "../batcher/listened_signal.ts";
import { checkAccounts, Tally } from "./accounts.ts";
import type { Answer, Fate, Held } from "./answers.ts";
import {
  type Caller,
  isOver,
  pendingIn,
  type Seen,
  type SimBatch,
  type Wish,
} from "./caller.ts";
import { Endings } from "./endings.ts";
import { checkLeaving } from "./leaving.ts";
import { Room } from "./room.ts";
import { checkSettled, wayOf } from "./settling.ts";
import { LANE_KEYS, type Setup } from "./setup.ts";
import { checkEnd, checkStartEvent } from "./telling.ts";
import { checkWaiting, dueAt, Patience } from "./waiting.ts";

/** What the model knows of the machine. */
export interface Clock {
  now(): number;
  /** Counts the turns of the event loop, as far as anything happens in them. */
  readonly turn: number;
  /** Whether all timers and hops come that were asked for. */
  readonly isSound: boolean;
}

/** What a handler tells of a batch that it is called with. */
export interface Start {
  readonly callers: readonly Caller[];
  /** `undefined` for a batch of one that has a function of its own. */
  readonly context: BatchContext | undefined;
  readonly call: CallOptions | undefined;
  readonly inside: <T>(run: () => T) => T;
}

/** Knows the rules; the batcher itself it does not know. */
export class Model {
  readonly setup: Setup;
  readonly clock: Clock;
  /** What was found to be wrong, in words that begin with a rule. */
  readonly broken: string[] = [];
  readonly callers: Caller[] = [];
  /** The calls whose promises have said nothing yet. */
  readonly unseen: Set<Caller> = new Set();
  /** The calls that wait, in the order in which they came. */
  readonly waiting: Caller[] = [];
  readonly batches: SimBatch[] = [];
  /** The batches that have not ended, as far as is known. */
  running: SimBatch[] = [];
  /**
   * Whether the batcher may know of something that the model has not heard of yet, or the other
   * way round: true from an answer, for instance, until everything has come to rest.
   */
  isUnsettled = false;
  /** Whether one of the callers is making a call, with nothing of the batcher's on the stack. */
  isCalling = false;
  /** How many handlers are on the stack. */
  handlers = 0;
  /** Since when a slot is free; `undefined` when none is. */
  freeSince: number | undefined = 0;
  /** How long batches ran that ended well, in ms. */
  readonly runs: { least: number; most: number } = { least: Infinity, most: 0 };
  readonly tally: Tally = new Tally();
  readonly room: Room = new Room(this);
  readonly endings: Endings = new Endings(this);
  readonly patience: Patience = new Patience(this);
  #turn = { number: -1, since: 0 };

  /** Makes one that knows of no call yet. */
  constructor(setup: Setup, clock: Clock) {
    this.setup = setup;
    this.clock = clock;
  }

  /** Writes down that a rule is broken, unless it holds. */
  demand(rule: string, holds: boolean, otherwise: () => string): void {
    if (holds || this.broken.length > 0) return;
    this.broken.push(`${rule}: ${otherwise()}, at ${this.clock.now()} ms`);
  }

  /** How many batches hold a slot, at least. */
  get held(): number {
    return this.running.filter((batch) => !batch.isUnbound && !isOver(batch))
      .length;
  }

  /** The turn of the event loop, and when it began, in ms. */
  get turn(): { readonly number: number; readonly since: number } {
    const number = this.clock.turn;
    if (number !== this.#turn.number) {
      this.#turn = { number, since: this.clock.now() };
    }
    return this.#turn;
  }

  /** How many slots are free, at most. */
  get free(): number {
    return this.setup.concurrency - this.held;
  }

  /** How many calls hold a place in the queue. */
  get queued(): number {
    return this.waiting.filter((caller) => !caller.isNested).length;
  }

  /** How long before its deadline a call has to leave, in ms, at least; to be asked when all is settled. */
  leadMs(deadlineMs: number): number {
    const { least } = this.runs;
    return least < Infinity
      ? Math.max(2 * least, deadlineMs / 4)
      : deadlineMs / 2;
  }

  /** A call is about to be made. */
  offer(
    wish: Wish,
    isNested: boolean,
    signal: ListenedSignal | undefined,
    isAwaited: boolean,
  ): Caller {
    const at = this.clock.now();
    const turn = this.turn;
    const deadlineMs = wish.deadlineMs ?? this.setup.deadlineMs;
    const isOwn = wish.deadlineMs !== undefined;
    const caller: Caller = {
      id: this.callers.length,
      wish,
      key: this.setup.lanes > 0
        ? LANE_KEYS[wish.lane % this.setup.lanes]
        : undefined,
      isNested,
      isInLook: this.handlers > 0,
      signal,
      at,
      turn: turn.number,
      since: turn.since,
      expiresFrom: (isOwn ? at : turn.since) + deadlineMs,
      deadlineMs,
      deadlineAt: at + deadlineMs,
      leadMs: this.isUnsettled ? deadlineMs / 4 : this.leadMs(deadlineMs),
      verdict: "accepted",
      state: "waiting",
      batch: undefined,
      flushed: "no",
      fate: undefined,
      mustLeave: undefined,
      seen: undefined,
      went: undefined,
      infos: [],
    };
    this.callers.push(caller);
    this.unseen.add(caller);
    const isRefused = wish.flaw !== undefined || this.endings.isClosed;
    caller.verdict = isRefused
      ? "refused"
      : isNested
      ? "accepted"
      : this.room.verdict(isAwaited);
    if (caller.verdict === "refused") caller.state = "gone";
    else this.waiting.push(caller);
    return caller;
  }

  /** A handler is called. */
  started(start: Start): SimBatch {
    const { callers, context, call, inside } = start;
    const { since } = this.turn;
    const { key, isNested } = callers[0]!;
    const now = this.clock.now();
    const line = this.#lineOf(callers);
    const batch: SimBatch = {
      number: this.batches.length + 1,
      callers,
      context,
      signal: () => (context ?? call)!.signal!,
      key,
      isNested,
      isUnbound: isNested ||
        line.some(({ flushed }) => flushed === "unbound"),
      startedAt: now,
      since,
      inside,
      answer: undefined,
      answeredAt: undefined,
      failure: undefined,
      held: [],
      lastGone: "answered",
      isSignalSure: true,
    };
    checkLeaving(this, batch, line);
    checkStartEvent(this, batch);
    this.patience.leaves(batch);
    for (const caller of callers) {
      this.#leaveQueue(caller);
      caller.state = "running";
      caller.batch = batch;
    }
    this.tally.started(batch);
    this.batches.push(batch);
    this.running.push(batch);
    this.demand(
      "R3 no more batches run than there are slots",
      batch.isUnbound || this.free >= 0,
      () => `${this.held} do`,
    );
    if (this.free <= 0) this.freeSince = undefined;
    return batch;
  }

  /** A handler has answered. */
  answered(batch: SimBatch, { answer, isThrown, fates, held }: Answer): void {
    if (!this.isUnsettled) this.#checkSignal(batch);
    this.isUnsettled = true;
    batch.answeredAt = this.clock.now();
    batch.held = [...held];
    const isMisfit = fates[0]?.kind === "misfit";
    if (isThrown) batch.failure = { kind: "error", error: answer };
    else if (isMisfit) batch.failure = fates[0];
    fates.forEach((fate, i) => this.#decide(batch.callers[i]!, fate));
    this.#mayEnd(batch);
  }

  /** An outcome that was still a promise has come. */
  outcome(batch: SimBatch, held: Held, fate: Fate): void {
    this.isUnsettled = true;
    batch.held.splice(batch.held.indexOf(held), 1);
    batch.answeredAt = this.clock.now();
    this.#decide(batch.callers[held.index]!, fate);
    this.#mayEnd(batch);
  }

  /** A signal has aborted. */
  aborted(signal: ListenedSignal): void {
    for (const caller of this.unseen) {
      if (caller.signal !== signal || caller.state === "gone") continue;
      const { batch, deadlineAt } = caller;
      // It may have heard of something else before, but not have told of it yet.
      if (batch?.answeredAt !== undefined) {
        batch.isSignalSure = false;
        continue;
      }
      const mayBeDropped = batch === undefined &&
        (caller.verdict === undefined || this.room.mayDrop);
      const mayBeLate = this.clock.now() >= deadlineAt;
      if (!mayBeDropped && !mayBeLate) caller.mustLeave = "aborted";
      this.leave(caller);
    }
  }

  /** A promise has said what has become of its call. */
  saw(caller: Caller, seen: Seen): void {
    caller.seen = seen;
    this.unseen.delete(caller);
    caller.went = wayOf(this, caller, seen);
    this.tally.count(caller.went);
    if (caller.state !== "gone") this.leave(caller);
  }

  /** A call waits no more, neither in the queue nor for its batch. */
  leave(caller: Caller): void {
    if (caller.state === "waiting") this.#leaveQueue(caller);
    else if (caller.batch) {
      const { batch, went } = caller;
      const isAnswered = went === "result" || went === "failure";
      batch.lastGone = isAnswered ? "answered" : "left";
      // It may have left after others whose answers have not been heard yet.
      const isSure = isAnswered || batch.answeredAt === undefined;
      if (!isSure && this.isUnsettled) batch.isSignalSure = false;
    }
    caller.state = "gone";
  }

  /** Everything has come to rest: sees that nothing is left undone. */
  checkAtRest(batcher: Parameters<typeof checkAccounts>[1]): void {
    this.isUnsettled = false;
    checkSettled(this);
    for (const batch of this.running) {
      this.#checkSignal(batch);
      if (isOver(batch)) checkEnd(this, batch);
    }
    this.running = this.running.filter((batch) => !isOver(batch));
    this.patience.check();
    this.endings.check();
    if (this.clock.isSound) checkWaiting(this);
    this.room.check(batcher);
    checkAccounts(this, batcher);
  }

  /** When something is due next, in ms. */
  nextDue(): number {
    const now = this.clock.now();
    const times = [this.endings.closeBy, this.room.lapseAt];
    for (const { deadlineAt } of this.unseen) times.push(deadlineAt);
    for (const caller of this.waiting) times.push(dueAt(this, caller));
    return Math.min(Infinity, ...times.filter((time) => time > now));
  }

  /** The calls that waited where these come from, those left out that have left without a word yet. */
  #lineOf(callers: readonly Caller[]): Caller[] {
    const { key, isNested } = callers[0]!;
    const now = this.clock.now();
    const line = this.waiting.filter((caller) =>
      caller.key === key && caller.isNested === isNested &&
      (now < caller.expiresFrom || callers.includes(caller))
    );
    const { mayDrop } = this.room;
    const last = line.indexOf(callers.at(-1)!);
    const skipped = line.filter((caller, index) =>
      index < last && !callers.includes(caller) &&
      (mayDrop || caller.verdict === undefined)
    );
    for (const caller of skipped) {
      if (caller.verdict === "accepted") caller.mustLeave = "dropped";
      else if (!mayDrop) caller.verdict = "refused";
    }
    return line.filter((caller) => !skipped.includes(caller));
  }

  #leaveQueue(caller: Caller): void {
    const index = this.waiting.indexOf(caller);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  #decide(caller: Caller, fate: Fate | undefined): void {
    if (caller.state === "running") caller.fate = fate;
  }

  #mayEnd(batch: SimBatch): void {
    if (!isOver(batch)) return;
    const now = this.clock.now();
    if (this.free > 0) this.freeSince ??= now;
    if (batch.failure === undefined) {
      const ms = now - batch.startedAt;
      this.runs.least = Math.min(this.runs.least, ms);
      this.runs.most = Math.max(this.runs.most, ms);
    }
  }

  /** The signal of a batch aborts with its last caller, and not before. */
  #checkSignal(batch: SimBatch): void {
    if (!batch.isSignalSure) return;
    const isLeft = pendingIn(batch).length === 0 && batch.lastGone === "left";
    // A signal that nobody has asked for yet is made late.
    if (!isOver(batch) && batch.number % 3 === 0) return;
    this.demand(
      "R16 the batch's signal aborts when its last caller has left, and only then",
      batch.signal().aborted === isLeft,
      () => `that of batch ${batch.number} ${isLeft ? "does not" : "does"}`,
    );
  }
}
