/**
 * The real batcher with its callers and its handler, on a host whose time the script
 * moves. Whatever happens is told to the model.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type BatchContext,
  Batcher,
  type CallOptions,
  defaultHost,
} from "../../mod.ts";
import { ListenedSignal } from "../batcher/listened_signal.ts";
import {
  type Answer,
  answerFor,
  singleAnswerFor,
  type Way,
} from "./answers.ts";
import type { Caller, SimBatch, Wish } from "./caller.ts";
import { Model } from "./model.ts";
import { perform, type Plan } from "./plan.ts";
import { POLICIES, type Setup } from "./setup.ts";
import { Signals } from "./signals.ts";
import { hooksFor } from "./telling.ts";
import { UnsteadyHost } from "./unsteady_host.ts";

/** More would mean that it never comes to rest. */
const MOST_TURNS = 1000;

/** Who calls; a batch must not run in the context of any of them. */
const callerContext = new AsyncLocalStorage<number>();

/** A batcher under proof, and what its callers and its handler do. */
export class World {
  readonly host: UnsteadyHost;
  readonly model: Model;
  readonly batcher: Batcher<Caller, unknown>;
  readonly signals: Signals = new Signals();
  /** What handlers do that are called next, one after the other. */
  readonly plans: Plan[] = [];
  readonly #setup: Setup;
  readonly #outside = AsyncLocalStorage.snapshot();

  /** Makes an idle batcher. */
  constructor(setup: Setup) {
    this.#setup = setup;
    this.host = new UnsteadyHost(setup.earlyMs);
    this.model = new Model(setup, this.host);
    const work = (items: Caller[], context: BatchContext) =>
      this.#work(items, context, undefined);
    const single = (item: Caller, call: CallOptions) =>
      this.#work([item], undefined, call);
    this.batcher = new Batcher<Caller, unknown>(work as never, {
      size: setup.size,
      concurrency: setup.concurrency,
      ...POLICIES[setup.policy].options,
      maxWeight: finite(setup.maxWeight),
      weigh: setup.maxWeight < Infinity ? weigh : undefined,
      maxQueue: setup.maxQueue,
      maxQueuePerLane: setup.maxQueuePerLane,
      overflow: setup.overflow,
      rateLimit: setup.rateLimit,
      preferredSizes: fitting(setup),
      deadlineMs: finite(setup.deadlineMs),
      batchTimeoutMs: finite(setup.batchTimeoutMs),
      lane: setup.lanes > 0 ? laneOf : undefined,
      host: this.host,
      name: setup.name,
      hooks: setup.hooks === "none" ? undefined : hooksFor(this.model),
    }, setup.hasSingle ? single as never : undefined);
    this.host.isIdle = () => this.batcher.pending === 0;
    this.host.complain = (what) => this.model.demand(what, false, () => "");
  }

  /** Somebody calls, maybe from inside of a batch. */
  call(asked: Wish, inside?: SimBatch, isAwaited = false): Promise<unknown> {
    const { model } = this;
    const wish = this.#fit(asked);
    const signal = wish.flaw === "aborted"
      ? abortedSignal()
      : this.signals.at(wish.signal);
    const isNested = inside !== undefined;
    const caller = model.offer(wish, { isNested, signal, isAwaited });
    if (caller.verdict === "accepted") this.#begin();
    const run = () =>
      callerContext.run(caller.id, () => {
        const seen = this.batcher.run(caller, optionsOf(caller));
        return seen.then(
          (value) => this.#saw(caller, { isValue: true, value }),
          (error) => this.#saw(caller, { isValue: false, error }),
        );
      });
    if (model.handlers > 0) return inside ? run() : this.#outside(run);
    model.isCalling = true;
    const promise = inside ? inside.inside(run) : run();
    model.isCalling = false;
    return promise;
  }

  /** Somebody waits for room, and calls then. */
  ready(
    signalIndex: number | undefined,
    wish: Wish | undefined,
    inside?: SimBatch,
  ): Promise<void> {
    const signal = this.signals.at(signalIndex);
    const waiter = { signal, isNested: inside !== undefined };
    const { room } = this.model;
    room.wait(waiter);
    const ask = () => this.batcher.ready({ signal: signal?.signal });
    const promise = inside ? inside.inside(ask) : ask();
    return promise.then(() => {
      room.granted(waiter);
      if (wish) this.call(wish, inside, true);
    }, (error) => room.refused(waiter, error));
  }

  /** Somebody flushes. */
  flush(inside?: SimBatch): Promise<void> {
    this.#begin();
    const flush = () => this.batcher.flush();
    const promise = inside ? inside.inside(flush) : flush();
    const ending = this.model.endings.flush(inside !== undefined);
    return promise.then(() => this.model.endings.ended(ending));
  }

  /** Somebody closes. */
  close(timeoutMs: number, inside?: SimBatch): Promise<void> {
    this.#begin();
    const close = () => this.batcher.close({ timeoutMs });
    const promise = inside ? inside.inside(close) : close();
    const ending = this.model.endings.close(timeoutMs, inside !== undefined);
    return promise.then(() => this.model.endings.ended(ending));
  }

  /** A signal aborts. */
  abort(index: number): void {
    const signal = this.signals.abort(index);
    if (signal) this.model.aborted(signal);
  }

  /** The script answers one of the batches that run. */
  answer(index: number, way: Way, kinds: readonly number[]): void {
    const open = this.model.slots.running.filter(({ answer }) => answer);
    open[index % open.length]?.answer?.(way, kinds);
  }

  /** An outcome comes that was still a promise. */
  outcome(index: number, kind: number): void {
    const open = this.model.slots.running.filter(({ held }) => held.length > 0);
    const batch = open[index % open.length];
    if (batch === undefined) return;
    const [held] = batch.held;
    this.model.slots.outcome(batch, held!, held!.settle(kind));
  }

  /** Nothing else can happen for some time. */
  block(ms: number): void {
    this.model.isUnsettled = true;
    this.host.block(ms);
  }

  /** The host is sound again, and what has died is given up. */
  async revive(): Promise<void> {
    this.host.revive();
    const { healsAt } = this.host;
    await this.advance(Math.max(0, healsAt - this.host.now()) + 1);
    void this.flush();
    await this.rest();
  }

  /** Time passes, with a rest at each moment at which something is due. */
  async advance(ms: number): Promise<void> {
    const end = this.host.now() + ms;
    await this.rest();
    while (this.host.now() < end) {
      const next = Math.min(end, this.model.nextDue());
      await this.host.pass(next - this.host.now());
      await this.rest();
    }
  }

  /** Lets everything happen that follows from what has happened, and looks at what came of it. */
  async rest(): Promise<void> {
    for (let turns = 0;; turns++) {
      const before = this.#activity;
      await this.host.pass(0);
      if (this.#activity === before) break;
      if (turns < MOST_TURNS) continue;
      this.model.demand(
        "R15, R21 it comes to rest",
        false,
        () => "it does not",
      );
      break;
    }
    this.host.turn++;
    this.model.checkAtRest(this.batcher);
    this.#checkListeners();
  }

  /** One turn of the event loop. */
  async turn(): Promise<void> {
    this.model.isUnsettled = true;
    await new Promise<void>((resolve) => defaultHost.hop(resolve));
    this.host.turn++;
  }

  /** Something comes from outside; what has died is given up, if nothing else has happened in this turn. */
  #begin(): void {
    if (!this.model.isUnsettled) this.host.heal();
  }

  get #activity(): number {
    const { callers, unseen, slots } = this.model;
    return this.host.activity + 2 * callers.length - unseen.size +
      slots.batches.length;
  }

  #work(
    items: Caller[],
    context: BatchContext | undefined,
    call: CallOptions | undefined,
  ): unknown {
    const { model } = this;
    const inside = AsyncLocalStorage.snapshot();
    model.demand(
      "R22 a batch runs in no caller's context",
      callerContext.getStore() === undefined,
      () => "it does",
    );
    const callers = [...items];
    const batch = model.started({ callers, context, call, inside });
    const plan = this.plans.shift();
    if (plan?.isScrambling) items.reverse().pop();
    const ids = callers.map(({ id }) => id);
    const answerWith = (way: Way, kinds: readonly number[]) => {
      const answer = context
        ? answerFor(ids, way, kinds)
        : singleAnswerFor(ids[0]!, way, kinds[0] ?? 0);
      model.slots.answered(batch, answer);
      return answer;
    };
    if (plan === undefined) return this.#hold(batch, answerWith);
    model.handlers++;
    const inner = plan.acts.map((act) => perform(this, batch, act));
    if (plan.workMs > 0) this.block(plan.workMs);
    model.handlers--;
    if (plan.way === "held") return this.#hold(batch, answerWith);
    const { way, kinds } = plan;
    const answered = () => {
      const { answer, isThrown } = answerWith(way, kinds);
      if (isThrown) throw answer;
      return answer;
    };
    return plan.isAsync ? Promise.all(inner).then(answered) : answered();
  }

  /** The script answers later. */
  #hold(
    batch: SimBatch,
    answerWith: (way: Way, kinds: readonly number[]) => Answer,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      batch.answer = (way, kinds) => {
        batch.answer = undefined;
        const { answer, isThrown } = answerWith(way, kinds);
        if (isThrown) reject(answer);
        else resolve(answer);
      };
    });
  }

  #saw(caller: Caller, seen: NonNullable<Caller["seen"]>): void {
    const { model } = this;
    model.demand(
      "R22 a caller goes on in its own context",
      callerContext.getStore() === caller.id,
      () => `${caller.id} does not`,
    );
    model.saw(caller, seen);
    const { again } = caller.wish;
    if (again === 0 || caller.isNested) return;
    model.isUnsettled = true;
    callerContext.exit(() => this.call({ ...caller.wish, again: again - 1 }));
  }

  /** Where there are no lanes, or nothing is weighed, none can be wrong. */
  #fit(wish: Wish): Wish {
    const { lanes, maxWeight } = this.#setup;
    const { flaw, weight } = wish;
    const isPointless = flaw?.endsWith("lane")
      ? lanes === 0
      : flaw?.endsWith("weight") && maxWeight === Infinity;
    if (isPointless) return { ...wish, flaw: "bad option" };
    if (weight <= maxWeight) return wish;
    const isOnlyHeavy = flaw === undefined || flaw === "too heavy";
    return isOnlyHeavy
      ? { ...wish, flaw: "too heavy" }
      : { ...wish, weight: 1 };
  }

  #checkListeners(): void {
    const wanted = new Set<ListenedSignal | undefined>();
    for (const { signal } of this.model.unseen) wanted.add(signal);
    for (const { signal } of this.model.room.waiters) wanted.add(signal);
    for (const signal of this.signals.all) {
      this.model.demand(
        "R16 there is one listener for each signal, as long as it is needed",
        signal.listeners === (wanted.has(signal) ? 1 : 0),
        () => `there are ${signal.listeners}`,
      );
    }
    const isIdle =
      this.model.unseen.size + this.model.slots.running.length === 0;
    this.model.demand(
      "R21 no timer stands when all is done",
      !isIdle || !this.host.isSound || this.host.timers === 0 ||
        this.model.room.waiters.length > 0,
      () => `${this.host.timers} do`,
    );
  }
}

function laneOf({ wish, key }: Caller): Caller["key"] {
  if (wish.flaw === "bad lane") return [] as never;
  if (wish.flaw === "throwing lane") throw "no lane";
  return key;
}

function weigh(caller: Caller): number {
  const { flaw, weight } = caller.wish;
  if (flaw === "bad weight") return NaN;
  if (flaw === "throwing weight") throw "no weight";
  caller.weighed++;
  return weight;
}

/** Preferred sizes must not be larger than batches can be. */
function fitting({ preferredSizes, size }: Setup): number[] | undefined {
  const sizes = preferredSizes?.filter((preferred) => preferred <= size);
  return sizes?.length ? sizes : undefined;
}

function finite(value: number): number | undefined {
  return value < Infinity ? value : undefined;
}

function abortedSignal(): ListenedSignal {
  const signal = new ListenedSignal();
  signal.abort("aborted before");
  return signal;
}

/** As few options as possible: a call without any takes a shorter way. */
function optionsOf(caller: Caller): CallOptions | undefined {
  const { wish, signal, infos } = caller;
  const { flaw, deadlineMs, priority, listens } = wish;
  const options: CallOptions = {};
  if (signal) options.signal = signal.signal;
  if (deadlineMs !== undefined) options.deadlineMs = deadlineMs;
  if (priority !== undefined) options.priority = priority;
  if (listens) options.onSettle = (info) => void infos.push(info);
  if (flaw === "bad option") return { deadlineMs: 1, topK: 1 } as CallOptions;
  return Object.keys(options).length === 0 ? undefined : options;
}
