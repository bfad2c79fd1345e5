/**
 * The real batcher with its callers and its handler, and what has to be so whatever
 * feature is under proof: who is answered by what, once; limits; accounts.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type BatchContext,
  Batcher,
  type BatcherOptions,
  type CallOptions,
} from "../../../mod.ts";
import type { ListenedSignal } from "../../batcher/listened_signal.ts";
import { Signals } from "../signals.ts";
import { UnsteadyHost } from "../unsteady_host.ts";
import type { Caller, Draft, Run, Seen, Wish } from "./caller.ts";
import type { Feature, Limits, Reply } from "./feature.ts";
import { checkAtRest, checkHeard } from "./hearing.ts";
import { checkStart } from "./starting.ts";

/** The options that all proofs have in common, as plain data. */
export interface Setup {
  readonly size: number;
  readonly concurrency: number;
  /** `undefined` is adaptive. */
  readonly maxWaitMs: number | undefined;
  readonly maxQueue: number;
  readonly lanes: number;
  readonly maxWeight: number;
  readonly deadlineMs: number;
  readonly batchTimeoutMs: number;
  readonly hasSingle: boolean;
  readonly earlyMs: number;
}

/** More would mean that it never comes to rest. */
const MOST_TURNS = 1000;

/** A batcher under proof. */
export class Stage<S extends Setup = Setup> {
  readonly setup: S;
  readonly host: UnsteadyHost;
  readonly batcher: Batcher<Caller, unknown>;
  readonly feature: Feature;
  readonly callers: Caller[] = [];
  /** The calls whose promises have said nothing yet. */
  readonly unseen: Set<Caller> = new Set();
  /** How many came with a signal that had aborted. */
  unaccepted = 0;
  readonly signals: Signals = new Signals();
  /** Those who wait for room. */
  readonly waiters: Set<ListenedSignal | undefined> = new Set();
  /** How many wait for flush() or close(). */
  endings = 0;
  /** The runs that are not answered. */
  open: Run[] = [];
  /** How many there were in all. */
  runs = 0;
  /** What handlers reply that are called next, at once. */
  readonly plans: (readonly number[])[] = [];
  /** Which item was meant in which run, by the result or the error. */
  readonly said: Map<unknown, readonly [items: readonly Caller[], run: Run]> =
    new Map();
  /** What is wrong, if anything is. */
  broken: string | undefined;
  isClosed = false;
  /** When everything had come to rest for the last time, in ms. */
  restedAt = 0;
  /** When batches began, of which there may be several runs. */
  readonly #starts: Map<number, number> = new Map();

  /** Makes an idle batcher. */
  constructor(setup: S, feature: (stage: Stage<S>) => Feature) {
    this.setup = setup;
    this.host = new UnsteadyHost(setup.earlyMs);
    this.feature = feature(this);
    const options: BatcherOptions<Caller> = {
      ...optionsOf(setup),
      host: this.host,
      ...this.feature.options,
    };
    this.batcher = new Batcher<Caller, unknown>(
      ((items: Caller[], batch: BatchContext) =>
        this.#work(items, batch, false)) as never,
      options,
      setup.hasSingle
        ? ((item: Caller, call: CallOptions) =>
          this.#work([item], call, true)) as never
        : undefined,
    );
    this.host.isIdle = () => this.batcher.pending === 0;
    this.host.complain = (what) => this.demand(what, false);
  }

  /** Writes down that a rule is broken, unless it holds. */
  demand(rule: string, holds: boolean, details: () => string = () => ""): void {
    if (holds) return;
    this.broken ??= `${rule}: ${details()}, at ${this.host.now()} ms`;
  }

  /** What batches have to keep to now. */
  get limits(): Limits {
    return this.feature.limits?.() ?? this.setup;
  }

  /** A call that has not been made yet. */
  draft(wish: Wish, isNested = false): Draft {
    const { lanes } = this.setup;
    return {
      wish,
      key: lanes > 0 ? wish.lane % lanes : undefined,
      isNested,
      signal: this.signals.at(wish.signal),
    };
  }

  /** It is about to be made. */
  enter(draft: Draft): Caller {
    const { wish: { deadlineMs: own } } = draft;
    const { deadlineMs = this.setup.deadlineMs } = draft.wish;
    const at = this.host.now();
    const caller: Caller = Object.assign(draft, {
      id: this.callers.length,
      at,
      expiresFrom: (own === undefined ? this.restedAt : at) + deadlineMs,
      deadlineAt: at + deadlineMs,
      deadlineMs,
      runs: [],
      seen: undefined,
    });
    if (caller.signal?.signal.aborted && !this.isClosed) this.unaccepted++;
    this.callers.push(caller);
    this.unseen.add(caller);
    return caller;
  }

  /** Somebody calls, maybe from inside a run. */
  call(wish: Wish, inside?: Run): Promise<void> {
    const caller = this.enter(this.draft(wish, inside !== undefined));
    const run = () => this.batcher.run(caller, demandsOf(caller));
    return this.hear(caller, inside ? inside.inside(run) : run());
  }

  /** Listens to a promise for a caller. */
  hear(caller: Caller, promise: Promise<unknown>): Promise<void> {
    return promise.then(
      (value) => this.saw(caller, { isValue: true, value }),
      (error) => this.saw(caller, { isValue: false, error }),
    );
  }

  /** A caller has heard. */
  saw(caller: Caller, seen: Seen): void {
    caller.seen = seen;
    this.unseen.delete(caller);
    checkHeard(this, caller, seen);
  }

  /** The script answers one of the runs. */
  answer(index: number, kinds: readonly number[]): void {
    const open = this.open.filter(({ answer }) => answer);
    open[index % open.length]?.answer?.(kinds);
  }

  /** Time passes, with a rest at each ms. */
  async advance(ms: number): Promise<void> {
    await this.rest();
    const end = this.host.now() + ms;
    for (let left = ms; left > 0 && !this.broken; left -= 1) {
      await this.host.pass(Math.min(1, end - this.host.now()));
      await this.rest();
    }
  }

  /** Somebody flushes. */
  flush(): void {
    this.feature.flushed?.();
    void this.#awaited(this.batcher.flush());
  }

  /** Somebody closes. */
  close(timeoutMs: number): Promise<void> {
    this.isClosed = true;
    this.feature.flushed?.();
    return this.#awaited(this.batcher.close({ timeoutMs }));
  }

  async #awaited(promise: Promise<void>): Promise<void> {
    this.endings++;
    await promise;
    this.endings--;
  }

  /** Lets everything happen that follows from what has happened. */
  async rest(): Promise<void> {
    // Where callers look for themselves, one look may only ask for another.
    const enough = this.feature.turned ? 2 : 1;
    for (let turns = 0, quiet = 0; quiet < enough; turns++) {
      const before = this.#activity;
      this.feature.turned?.();
      await this.host.pass(0);
      quiet = this.#activity === before ? quiet + 1 : 0;
      this.demand("R15 it comes to rest", turns < MOST_TURNS);
      if (this.broken) break;
    }
    this.host.turn++;
    this.restedAt = this.host.now();
    checkAtRest(this);
  }

  /** The host is sound again, and what has died is given up. */
  async revive(): Promise<void> {
    this.host.revive();
    const { healsAt } = this.host;
    const ms = Math.max(0, healsAt - this.host.now()) + 1;
    if (ms < Infinity) await this.host.pass(ms);
    this.host.heal();
    this.flush();
    await this.rest();
  }

  get #activity(): number {
    return this.host.activity + this.callers.length - this.unseen.size +
      this.runs + this.open.length;
  }

  #work(
    items: Caller[],
    given: BatchContext | CallOptions,
    isSingle: boolean,
  ): unknown {
    const { id } = given as BatchContext;
    const startedAt = this.host.now();
    const batchStartedAt = this.#starts.get(id) ?? startedAt;
    const run: Run = {
      number: ++this.runs,
      batch: id,
      isAgain: this.#starts.has(id),
      batchStartedAt,
      items: [...items],
      isNested: items[0]!.isNested,
      startedAt,
      callersBefore: this.callers.length,
      isSingle,
      inside: AsyncLocalStorage.snapshot(),
      answer: undefined,
      answeredAt: undefined,
    };
    this.#starts.set(id, batchStartedAt);
    checkStart(this, run);
    this.feature.started?.(run);
    this.open.push(run);
    for (const caller of items) caller.runs.push(run);
    items.reverse();
    const plan = this.plans.shift();
    if (plan) return unwrapped(this.#reply(run, plan));
    return new Promise((resolve, reject) => {
      run.answer = (kinds) => {
        run.answer = undefined;
        const reply = this.#reply(run, kinds);
        if ("error" in reply) reject(reply.error);
        else resolve(reply.answer);
      };
    });
  }

  #reply(run: Run, kinds: readonly number[]): Reply {
    run.answeredAt = this.host.now();
    this.open = this.open.filter((open) => open !== run);
    const reply = this.feature.reply?.(run, kinds) ?? this.plainly(run, kinds);
    return run.isSingle ? firstOf(reply) : reply;
  }

  /** Values, and errors of some; of all where the first kind says so. */
  plainly(run: Run, kinds: readonly number[]): Reply {
    if (kinds[0] === 3) return { error: this.error(run, run.items) };
    const answer = run.items.map((item, i) =>
      kinds[i % kinds.length] === 2
        ? this.error(run, [item])
        : this.result(run, item)
    );
    return { answer };
  }

  /** A result that only the caller of this item may get. */
  result(run: Run, item: Caller): unknown {
    const result = { of: item.id, run: run.number };
    this.said.set(result, [[item], run]);
    return result;
  }

  /** An error that only the callers of these items may hear of. */
  error(run: Run, items: readonly Caller[]): Error {
    const error = new Error(`${items.map(({ id }) => id)} in ${run.number}`);
    this.said.set(error, [items, run]);
    return error;
  }
}

function unwrapped(reply: Reply): unknown {
  if ("error" in reply) throw reply.error;
  return reply.answer;
}

function firstOf(reply: Reply): Reply {
  return "error" in reply ? reply : { answer: (reply.answer as unknown[])[0] };
}

function optionsOf(setup: Setup): BatcherOptions<Caller> {
  const { maxWeight, deadlineMs, batchTimeoutMs, lanes } = setup;
  return {
    size: setup.size,
    concurrency: setup.concurrency,
    maxWaitMs: setup.maxWaitMs,
    maxQueue: setup.maxQueue,
    maxWeight: finite(maxWeight),
    weigh: maxWeight < Infinity ? ({ wish }) => wish.weight : undefined,
    lane: lanes > 0 ? ({ key }) => key : undefined,
    deadlineMs: finite(deadlineMs),
    batchTimeoutMs: finite(batchTimeoutMs),
  };
}

function finite(value: number): number | undefined {
  return value < Infinity ? value : undefined;
}

/** As few options as possible: a call without any takes a shorter way. */
function demandsOf({ wish, signal }: Caller): CallOptions | undefined {
  const { deadlineMs, priority } = wish;
  const demands: CallOptions = {};
  if (signal) demands.signal = signal.signal;
  if (deadlineMs !== undefined) demands.deadlineMs = deadlineMs;
  if (priority !== undefined) demands.priority = priority;
  return Object.keys(demands).length === 0 ? undefined : demands;
}
