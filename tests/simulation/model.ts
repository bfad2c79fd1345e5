/**
 * What has to be so, by the rules alone: everything that callers and handlers see is told
 * to the model, which says where the batcher differs from it.
 *
 * @module
 */
import type { BatchContext, CallOptions } from "../../mod.ts";
import type { ListenedSignal } from "../batcher/listened_signal.ts";
import { type Accounts, checkAccounts, Tally } from "./accounts.ts";
import type { Caller, Seen, SimBatch, Wish } from "./caller.ts";
import { Endings } from "./endings.ts";
import { checkLeaving } from "./leaving.ts";
import { isFull } from "./order.ts";
import { Patience } from "./patience.ts";
import { Room } from "./room.ts";
import { checkSettled, wayOf } from "./settling.ts";
import { LANE_KEYS, POLICIES, type Promised, type Setup } from "./setup.ts";
import { Slots } from "./slots.ts";
import { checkStartEvent } from "./telling.ts";
import { checkWaiting, dueAt } from "./waiting.ts";

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

/** How a call is made. */
export interface Manner {
  readonly isNested: boolean;
  readonly signal: ListenedSignal | undefined;
  /** Whether its caller has waited for room. */
  readonly isAwaited: boolean;
}

/** Knows the rules; the batcher itself it does not know. */
export class Model {
  readonly setup: Setup;
  readonly promised: Promised;
  readonly clock: Clock;
  /** What was found to be wrong, in words that begin with a rule. */
  readonly broken: string[] = [];
  readonly callers: Caller[] = [];
  /** The calls whose promises have said nothing yet. */
  readonly unseen: Set<Caller> = new Set();
  /** The calls that wait, in the order in which they came. */
  readonly waiting: Caller[] = [];
  /**
   * Whether the batcher may know of something that the model has not heard of yet, or the other
   * way round: true from an answer, for instance, until everything has come to rest.
   */
  isUnsettled = false;
  /** Whether one of the callers is making a call, with nothing of the batcher's on the stack. */
  isCalling = false;
  /** How many handlers are on the stack. */
  handlers = 0;
  readonly tally: Tally = new Tally();
  readonly slots: Slots = new Slots(this);
  readonly room: Room = new Room(this);
  readonly endings: Endings = new Endings(this);
  readonly patience: Patience = new Patience(this);
  #turn = { number: -1, since: 0 };

  /** Makes one that knows of no call yet. */
  constructor(setup: Setup, clock: Clock) {
    this.setup = setup;
    this.promised = POLICIES[setup.policy];
    this.clock = clock;
  }

  /** Writes down that a rule is broken, unless it holds. */
  demand(rule: string, holds: boolean, otherwise: () => string): void {
    if (holds || this.broken.length > 0) return;
    this.broken.push(`${rule}: ${otherwise()}, at ${this.clock.now()} ms`);
  }

  /** The turn of the event loop, and when it began, in ms. */
  get turn(): { readonly number: number; readonly since: number } {
    const number = this.clock.turn;
    if (number !== this.#turn.number) {
      this.#turn = { number, since: this.clock.now() };
    }
    return this.#turn;
  }

  /** How many calls hold a place in the queue. */
  get queued(): number {
    return this.waiting.filter((caller) => !caller.isNested).length;
  }

  /** How long before its deadline a call has to leave, in ms, at least; to be asked when all is settled. */
  leadMs(deadlineMs: number): number {
    const { least } = this.slots.runs;
    return least < Infinity
      ? Math.max(2 * least, deadlineMs / 4)
      : deadlineMs / 2;
  }

  /** A call is about to be made. */
  offer(wish: Wish, { isNested, signal, isAwaited }: Manner): Caller {
    const { setup, clock, turn } = this;
    const at = clock.now();
    const isOwn = wish.deadlineMs !== undefined;
    const deadlineMs = wish.deadlineMs ?? setup.deadlineMs;
    const caller: Caller = {
      id: this.callers.length,
      wish,
      key: setup.lanes > 0 ? LANE_KEYS[wish.lane % setup.lanes] : undefined,
      isNested,
      isInLook: this.handlers > 0,
      signal,
      priority: wish.priority ?? 0,
      weight: setup.maxWeight < Infinity ? wish.weight : 1,
      weighed: 0,
      at,
      turn: turn.number,
      since: turn.since,
      deadlineMs,
      expiresFrom: (isOwn ? at : turn.since) + deadlineMs,
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
    if (isRefused) caller.verdict = "refused";
    else if (!isNested) caller.verdict = this.room.verdict(caller, isAwaited);
    if (caller.verdict === "refused") caller.state = "gone";
    else this.waiting.push(caller);
    return caller;
  }

  /** A handler is called. */
  started({ callers, context, call, inside }: Start): SimBatch {
    const { key, isNested } = callers[0]!;
    const { since } = this.turn;
    const { line, unsure } = this.#lineOf(callers);
    const batch: SimBatch = {
      number: this.slots.batches.length + 1,
      callers,
      context,
      signal: () => (context ?? call)!.signal!,
      key,
      isNested,
      isUnbound: isNested || line.some(isUnbound),
      isUnboundSure: isNested || line.some(isUnbound) ||
        !unsure.some(isUnbound),
      unsure,
      startedAt: this.clock.now(),
      since,
      inside,
      isFull: unsure.length > 0 || isFull(this, callers, line),
      answer: undefined,
      answeredAt: undefined,
      failure: undefined,
      held: [],
      leftOut: undefined,
      isTimedOut: false,
      lastGone: "answered",
      isSignalSure: true,
    };
    checkLeaving(this, batch, line);
    checkStartEvent(this, batch);
    this.patience.leaves(batch);
    this.tally.started(batch);
    this.slots.add(batch);
    for (const caller of callers) {
      this.#leaveQueue(caller);
      caller.state = "running";
      caller.batch = batch;
    }
    return batch;
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
      const mayBeLate =
        this.clock.now() >= Math.min(deadlineAt, this.endings.closeBy) ||
        (batch !== undefined && this.slots.isOverdue(batch));
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
    const { batch, went, state } = caller;
    caller.state = "gone";
    if (state === "waiting") this.#leaveQueue(caller);
    if (batch === undefined) return;
    const isAnswered = went === "result" || went === "failure";
    batch.lastGone = isAnswered ? "answered" : "left";
    // It may have left after others whose answers have not been heard yet.
    const isSure = isAnswered || batch.answeredAt === undefined;
    if (!isSure && this.isUnsettled) batch.isSignalSure = false;
    if (batch.callers.every((caller) => caller.state === "gone")) {
      this.slots.deserted(batch);
    }
  }

  /** Everything has come to rest: sees that nothing is left undone. */
  checkAtRest(batcher: Accounts): void {
    this.isUnsettled = false;
    checkSettled(this);
    this.slots.check();
    this.patience.check();
    this.endings.check();
    if (this.clock.isSound) checkWaiting(this);
    this.room.check(batcher);
    checkAccounts(this, batcher);
  }

  /** When something is due next, in ms. */
  nextDue(): number {
    const now = this.clock.now();
    let next = Infinity;
    const note = (time: number) => {
      if (time > now && time < next) next = time;
    };
    note(this.endings.closeBy);
    note(this.room.lapseAt);
    for (const time of this.slots.dueTimes()) note(time);
    for (const { deadlineAt } of this.unseen) note(deadlineAt);
    for (const caller of this.waiting) note(dueAt(this, caller));
    return next;
  }

  /** The calls that waited where these come from, apart from those that may have left without a word yet. */
  #lineOf(callers: readonly Caller[]): {
    readonly line: Caller[];
    readonly unsure: Caller[];
  } {
    const { key, isNested } = callers[0]!;
    const now = this.clock.now();
    const line = this.waiting.filter((caller) =>
      caller.key === key && caller.isNested === isNested &&
      (now < caller.deadlineAt || callers.includes(caller))
    );
    const { mayDrop } = this.room;
    const last = line.indexOf(callers.at(-1)!);
    const unsure = line.filter((caller) =>
      !callers.includes(caller) &&
      (mayDrop || caller.verdict === undefined || now >= caller.expiresFrom)
    );
    // With several priorities it is not known who was skipped and who has left.
    const isEven = line.every(({ priority }) => priority === line[0]!.priority);
    for (const caller of isEven ? unsure : []) {
      if (line.indexOf(caller) > last || now >= caller.expiresFrom) continue;
      if (caller.verdict === "accepted") caller.mustLeave = "dropped";
      else if (!mayDrop) caller.verdict = "refused";
    }
    return { line: line.filter((caller) => !unsure.includes(caller)), unsure };
  }

  #leaveQueue(caller: Caller): void {
    const index = this.waiting.indexOf(caller);
    if (index >= 0) this.waiting.splice(index, 1);
  }
}

function isUnbound({ flushed }: Caller): boolean {
  return flushed === "unbound";
}
