/**
 * How a call comes in: its checks, and its place in the queue.
 *
 * @module
 */
import { Admission } from "./admission.ts";
import { type CallOptions, demandsOf } from "./call_options.ts";
import { Call, type LaneKey, type Resolve } from "./core/call.ts";
import { isReference, wrongReturn } from "./core/check.ts";
import type { Lane } from "./core/lane.ts";
import type { Engine } from "./engine.ts";
import { currentMark, type Nesting } from "./nesting.ts";
import { ownPromise } from "./own_promise.ts";
import { JoinedCall, type SharedPlace } from "./shared_place.ts";
import { tie } from "./ties.ts";

/** Takes calls in until the batcher is closed. */
export class Intake<In, Out> {
  readonly #engine: Engine<In, Out>;
  readonly #admission: Admission<In, Out>;

  /** Makes one for the queue of this engine. */
  constructor(engine: Engine<In, Out>) {
    this.#engine = engine;
    this.#admission = new Admission(engine);
  }

  /** Whether a call that is not nested would find the queue full. */
  get isFull(): boolean {
    return this.#admission.isFull;
  }

  /** Takes a call that may want more than a promise. */
  accept(item: In, options: unknown): Promise<Out> {
    try {
      const mark = currentMark();
      const demands = demandsOf(options);
      this.#refuseIfClosed();
      const key = this.#keyOf(item, demands);
      const isPlain = demands === undefined && mark === undefined;
      return isPlain && this.#engine.isPlain
        ? this.#take(item, key)
        : this.#admit(item, key, demands ?? {}, mark);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #refuseIfClosed(): void {
    if (this.#engine.scheduler.closing) {
      throw this.#engine.refused(this.#engine.refusals.closed());
    }
  }

  /** A call that asks for nothing else. */
  #take(item: In, key: LaneKey): Promise<Out> {
    const weight = this.#weightOf(item);
    this.#refuseIfClosed();
    const lane = this.#open(key);
    const { tickets, count } = this.#engine.queue.put(item, weight, lane);
    return this.#engine.seats.take(tickets, count - 1);
  }

  #admit(
    item: In,
    key: LaneKey,
    demands: CallOptions,
    mark: Nesting | undefined,
  ): Promise<Out> {
    const { queue, sharing, seats, nesting } = this.#engine;
    const { signal, priority = 0 } = demands;
    const isNested = nesting.reaches(mark);
    const subject = sharing?.subjectOf(item, key, isNested);
    const place = subject && sharing!.find(subject);
    const weight = place ? 0 : this.#weightOf(item);
    this.#refuseIfClosed();
    if (signal?.aborted) throw signal.reason;
    if (place) return this.#join(place, item, demands, mark);
    const lane = isNested || priority !== 0
      ? this.#ask(key, isNested, priority)
      : this.#open(key);
    // Not as it is put there: its own signal might be aborted, and nobody would take it out.
    queue.expect(lane);
    const call = subject ? this.#joined(demands) : this.#call(demands);
    this.#serve(call, demands, mark);
    const batch = queue.put(item, weight, lane, lane.lineOf(priority));
    const promise = seats.take(batch.tickets, batch.count - 1);
    const isShared = call instanceof JoinedCall;
    batch.serve(call, isShared ? sharing!.open(subject!, call) : call);
    this.#tell(call, item, key);
    return promise;
  }

  /** The lane of a call, if it is let in. */
  #ask(key: LaneKey, isNested: boolean, priority: number): Lane<In> {
    const { queue } = this.#engine;
    // Also for one that is refused: a timer may have died, and its place is the next one's who waits for room.
    this.#engine.beginTurn();
    if (!isNested) this.#admission.admit(key, priority);
    return queue.laneOf(key, isNested);
  }

  /** The same for a call of no particular priority: those that follow it in this turn need not ask. */
  #open(key: LaneKey): Lane<In> {
    const { queue } = this.#engine;
    if (key !== undefined && this.#engine.room.limitsLanes) {
      return this.#ask(key, false, 0);
    }
    if (queue.hasRoom) return queue.laneOf(key, false);
    const lane = this.#ask(key, false, 0);
    this.#engine.room.grant();
    return lane;
  }

  /** A call that shares the place of others: its item goes nowhere, and it needs no room. */
  #join(
    place: SharedPlace,
    item: In,
    demands: CallOptions,
    mark: Nesting | undefined,
  ): Promise<Out> {
    const { sharing } = this.#engine;
    this.#engine.beginTurn();
    if (!place.subject.nested) this.#engine.room.decline();
    const call = this.#joined(demands);
    const promise = ownPromise<Out>((resolve) => {
      call.resolve = resolve as Resolve;
    });
    this.#serve(call, demands, mark);
    if (place.isOver) {
      // A signal of the user's own has aborted the last one who shared it, as it was listened to.
      this.#engine.answered(call);
      return this.#admit(item, place.subject.lane, demands, mark);
    }
    sharing!.join(place, call);
    this.#tell(call, item, place.subject.lane);
    return promise;
  }

  /** A call whose caller has not sat down yet. */
  #call({ priority, deadlineMs }: CallOptions): Call {
    const { scheduler } = this.#engine;
    const call = new Call(undefined, priority);
    if (deadlineMs !== undefined) {
      scheduler.deadlines.set(call, deadlineMs, this.#engine.now());
    }
    return call;
  }

  /** One that is to share a place. */
  #joined({ priority, deadlineMs }: CallOptions): JoinedCall {
    const { settings } = this.#engine;
    return new JoinedCall({
      priority,
      spanMs: deadlineMs ?? settings.deadlineMs,
      now: this.#engine.now(),
    });
  }

  /** Sees to what a call asks for beyond its answer, before it enters its lane. */
  #serve(
    call: Call,
    demands: CallOptions,
    mark: Nesting | undefined,
  ): void {
    try {
      call.onSettle = demands.onSettle;
      tie(this.#engine, call, demands, mark);
    } catch (error) {
      this.#engine.answered(call);
      throw error;
    }
  }

  #keyOf(item: In, demands: CallOptions | undefined): LaneKey {
    const key: unknown = demands?.lane === undefined
      ? this.#engine.settings.lane?.(item)
      : demands.lane;
    if (isReference(key)) {
      throw wrongReturn("take the call", "lane", "a primitive", key);
    }
    return key as LaneKey;
  }

  #weightOf(item: In): number {
    const { weigh, maxWeight } = this.#engine.settings;
    if (weigh === undefined) return 1;
    const weight: unknown = weigh(item);
    if (typeof weight !== "number" || !(weight >= 0)) {
      throw wrongReturn("take the call", "weigh", "a number >= 0", weight);
    }
    if (weight <= maxWeight && weight < Infinity) return weight;
    throw this.#engine.refusals.tooHeavy(weight, maxWeight);
  }

  #tell(call: Call, item: In, lane: LaneKey): void {
    const { watch, settings } = this.#engine;
    call.tag = watch.tell("onCall", { name: settings.name, lane, item });
  }
}
