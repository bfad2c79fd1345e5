/**
 * The turning parts of a batcher: looks at the queue, runs what leaves, and accounts
 * for what ends or leaves early.
 *
 * @module
 */
import type { Batch, Call } from "./core/call.ts";
import type { Queue } from "./core/queue.ts";
import { Scheduler } from "./core/scheduler.ts";
import { allEnded } from "./all_ended.ts";
import { Closing } from "./closing.ts";
import { Departures } from "./departures.ts";
import { Watch } from "./hooks.ts";
import { Nesting } from "./nesting.ts";
import type { RetryLater } from "./outcome.ts";
import { Refusals } from "./refusals.ts";
import { Retries } from "./retries.ts";
import { Reports } from "./reports.ts";
import { requestWatch } from "./request_watch.ts";
import type { Work } from "./attempt.ts";
import { retryAfterMs } from "./retry_after.ts";
import { Room } from "./room.ts";
import { Run, type RunOwner } from "./run_batch.ts";
import { type Seats, seats } from "./seat.ts";
import type { Settings } from "./settings.ts";
import { Sharing } from "./sharing.ts";
import { Stats } from "./stats.ts";
import { SizeLimit } from "./size_limit.ts";
import { TimeLimit } from "./time_limit.ts";
import { Wake } from "./wake.ts";

/**
 *     beginTurn ─▶ look ─▶ scheduler ─▶ dispatch ─▶ Run ─▶ ended ─▶ look …
 *                            └─▶ expire ─▶ departures
 */
export class Engine<In, Out> implements RunOwner<In, Out> {
  readonly settings: Settings<In>;
  readonly scheduler: Scheduler<In>;
  readonly queue: Queue<In>;
  readonly seats: Seats<Out>;
  readonly wake: Wake;
  readonly watch: Watch;
  readonly stats: Stats = new Stats();
  readonly room: Room<In> = new Room(this);
  readonly nesting: Nesting = new Nesting();
  readonly refusals: Refusals;
  readonly departures: Departures<In> = new Departures(this);
  /** None where no call shares a place with others. */
  readonly sharing: Sharing<In> | undefined;
  readonly work: Work<In, Out>;
  /** Whether a call that asks for nothing needs no more than a promise and a place. */
  readonly isPlain: boolean;
  /** Where requests must not share a batcher: called when something comes from outside. */
  readonly #watchRequest: (() => void) | undefined;
  readonly #reports: Reports;
  /** None where batches may take their time. */
  readonly #limit: TimeLimit | undefined;
  readonly #sizeLimit: SizeLimit;
  /** None until an outcome asks for another try. */
  #retries: Retries<In> | undefined;
  /** Tells those who wait until it is closed and nothing is left. */
  readonly closing: Closing;
  /** Set during a look: one look follows it for all batches that end in it, after their callers had their say. */
  #isLooking = false;

  constructor(settings: Settings<In>, work: Work<In, Out>) {
    this.settings = settings;
    this.work = work;
    this.seats = seats(settings.host.join !== undefined);
    this.#sizeLimit = new SizeLimit(settings);
    this.closing = new Closing(settings.host);
    this.watch = new Watch(settings.hooks);
    if (settings.dedupe) this.sharing = new Sharing(this);
    this.#watchRequest = requestWatch(settings.host);
    this.isPlain = !settings.host.join && !settings.dedupe &&
      !this.watch.has("onCall") && !this.#watchRequest;
    this.refusals = new Refusals(settings.name);
    const { batchTimeoutMs } = settings;
    if (batchTimeoutMs < Infinity) {
      this.#limit = new TimeLimit(batchTimeoutMs, this.refusals);
    }
    this.#reports = new Reports(settings, this.stats, this.watch);
    this.scheduler = new Scheduler(settings, {
      dispatch: (batch) => this.#dispatch(batch),
      wakeAt: (time) => this.wake.at(time, this.queue.now),
      expire: (call) => this.departures.expire(call),
      drop: (call) => this.departures.drop(call),
      report: (error) => this.watch.report(error, "policy"),
    });
    this.queue = this.scheduler.queue;
    this.wake = new Wake(
      settings.host,
      (endOfTurn) => this.#look(endOfTurn),
      (run) => settings.host.neutral(() => this.nesting.enter(run)),
    );
  }

  /** The time in ms. */
  now(): number {
    return this.settings.host.now();
  }

  /** When the queue will have been worked off, in ms from now. */
  get retryAfterMs(): number {
    return retryAfterMs(this.scheduler, this.settings, this.now());
  }

  /** Something comes from outside: time is read, once a turn, and a look follows. */
  beginTurn(): void {
    this.#watchRequest?.();
    if (this.wake.isSoon) return;
    this.queue.now = this.now();
    this.wake.soon();
  }

  /** Time allows more than when the queue was last looked at: the rate limit, and a size that was lowered for a while. */
  relax(): void {
    const { settings, scheduler } = this;
    if (!settings.rateLimit && !this.#sizeLimit.isLowered) return;
    const now = this.now();
    scheduler.slots.refill(now);
    if (this.#sizeLimit.lapse(now)) scheduler.reconsider();
  }

  /** Sends what waits now, `unbound` without waiting for slots; resolves when that has ended. */
  flush(unbound: boolean): Promise<void> {
    return allEnded((include) => {
      this.beginTurn();
      this.scheduler.flush(unbound, include);
    });
  }

  /** Goes on with other settings, from the next batch on. */
  configure(changes: Partial<Settings<In>>): void {
    const { scheduler } = this;
    this.beginTurn();
    if (changes.policy) scheduler.follow(changes.policy);
    if (changes.size !== undefined) this.#sizeLimit.forget();
    // Slots that come with them are free from now on.
    scheduler.slots.refill(this.queue.now);
    Object.assign(this.settings, changes);
    scheduler.reconsider();
  }

  /** Lets everything leave, and gives up after this time: then what is left rejects. */
  close(timeoutMs: number): void {
    this.beginTurn();
    this.scheduler.close();
    this.closing.giveUpAt(this.now() + timeoutMs);
  }

  /** Part of {@link RunOwner}. */
  answered(call: Call): void {
    this.scheduler.release(call);
    call.end();
  }

  /** Part of {@link RunOwner}. */
  retry(
    batch: Batch<In>,
    place: number,
    outcome: RetryLater,
  ): { error: unknown } | undefined {
    const { retry } = this.settings;
    this.#retries ??= new Retries(retry, this.scheduler.returns, this.refusals);
    this.beginTurn();
    return this.#retries.retry(batch, place, outcome, this.now());
  }

  /** Part of {@link RunOwner}. */
  tooLarge(calls: number): void {
    this.#sizeLimit.lower(calls, this.now());
    this.scheduler.reconsider();
    this.beginTurn();
  }

  /** Part of {@link RunOwner}. */
  catchUp(): void {
    const now = this.now();
    this.queue.now = now;
    this.#limit?.ring(now);
    this.scheduler.ring(now);
  }

  /** Part of {@link RunOwner}. */
  ended(run: Run<In, Out>): void {
    const { batch } = run;
    this.queue.grant(0);
    this.queue.now = run.endedAt;
    this.scheduler.ended(batch, run.endedAt, run.hasFailed);
    this.#reports.ended(run);
    this.#limit?.remove(run);
    this.room.offer();
    if (!this.#isLooking) this.#expectCallers();
  }

  /** Callers who have just been answered often call again at once, before the look that follows. */
  #expectCallers(): void {
    this.wake.afterBatch();
    this.room.grant();
  }

  #look(endOfTurn: boolean): void {
    const now = this.now();
    this.wake.heal(now);
    if (now >= this.closing.dueAt) {
      this.departures.expel();
      this.#end();
    }
    if (this.#sizeLimit.lapse(now)) this.scheduler.reconsider();
    const isLate = this.#limit?.ring(now);
    const { ended } = this.scheduler.slots;
    this.#isLooking = true;
    const again = this.scheduler.look(now, endOfTurn && !isLate);
    this.#isLooking = false;
    this.seats.standUp();
    this.room.offer();
    if (this.scheduler.slots.ended > ended) this.#expectCallers();
    const isIdle = this.queue.waiting + this.scheduler.slots.running === 0;
    if (isIdle && this.scheduler.closing) this.#end();
    if (isIdle && endOfTurn) this.wake.clear();
    else if (again || (isIdle && this.wake.isArmed)) this.wake.atEndOfTurn();
    const overdueAt = this.#limit?.next ?? Infinity;
    const dueAt = Math.min(overdueAt, this.closing.dueAt, this.room.dueAt);
    this.wake.at(dueAt, this.queue.now);
  }

  #dispatch(batch: Batch<In>): void {
    const run = new Run(batch, this);
    this.#reports.started(run);
    run.start();
    if (run.isOver) return;
    this.#limit?.add(run);
    // A handler may have made calls and worked on this thread before its first await.
    this.queue.now = this.now();
  }

  /** Counts a call that is not taken. */
  refused(error: Error): Error {
    this.stats.refused++;
    return error;
  }

  #end(): void {
    this.wake.clear();
    this.closing.come();
  }
}
