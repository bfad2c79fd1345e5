/**
 * Which of the lanes that would leave do, now or at the end of this turn.
 *
 * @module
 */
import { Contenders } from "./fairness.ts";
import { Inquiry, type Subject } from "./inquiry.ts";
import type { Lane } from "./lane.ts";

/** Asks lanes in which something has happened, and sends those that leave. */
export class Dispatcher<Item> {
  /** Whether everything is to leave. The scheduler says so. */
  isClosing = false;
  readonly #subject: Subject<Item>;
  readonly #inquiry: Inquiry<Item>;
  /** The lanes that would leave, by what they said last. */
  readonly #contenders = new Contenders<Item>();
  /** The others in which calls wait: those that would not leave, and those that were not asked as no slot was free. */
  readonly #others = new Set<Lane<Item>>();
  /** Counts the looks, and the batches that leave: what a lane has said before is not the last word. */
  #moment = 0;
  /** Whether there was a free slot when lanes were asked last. */
  #hadFree = true;
  /** Set by a look that leaves something to do at the end of its turn. */
  #again = false;

  /** Makes one that has seen nothing happen. */
  constructor(subject: Subject<Item>) {
    this.#subject = subject;
    this.#inquiry = new Inquiry(subject);
  }

  /** When the next lane wants to be looked at, in ms. */
  get next(): number {
    return this.#inquiry.next;
  }

  /** Alarms: calls and lanes that should leave by now, or should have been answered by now. */
  ring(now: number): void {
    this.#subject.deadlines.ring(now);
    this.#inquiry.ring(now);
  }

  /** What was decided is void. */
  reconsider(): void {
    this.#subject.queue.grant(0);
    this.#touchOthers();
  }

  /**
   * Sends what is to leave: full batches at once, others only at the end of a turn. A lane that is not
   * full, but comes before a full one, keeps its slot till then.
   *
   * @returns Whether there is something to do at the end of this turn.
   */
  look(endOfTurn: boolean): boolean {
    const { slots } = this.#subject;
    this.#again = false;
    if (slots.free > 0 && !this.#hadFree) this.#touchOthers();
    this.#moment++;
    this.#seeToTouched(endOfTurn);
    this.#send(endOfTurn);
    this.#hadFree = slots.free > 0;
    return this.#again;
  }

  /** Asks the lanes in which something has happened; while no slot is free only those that need none, which leave. */
  #seeToTouched(endOfTurn: boolean): void {
    const { queue, slots } = this.#subject;
    const contenders = this.#contenders;
    for (const lane of queue.takeTouched()) {
      if (endOfTurn) lane.tell();
      else if (slots.free > 0 && lane.isUnheard) this.#askAgain(lane);
      if (lane.isUnbound && this.#sendUnbound(lane, endOfTurn)) continue;
      if (lane.waiting === 0) {
        contenders.delete(lane);
        this.#others.delete(lane);
        this.#inquiry.forget(lane);
        queue.forgetIdle(lane);
      } else if (slots.free > 0) this.#sort(lane, this.#ask(lane));
      else {
        this.#inquiry.watch(lane, queue.now);
        this.#sort(lane, contenders.has(lane));
      }
    }
  }

  /** A lane in which calls wait is one of those that would leave, or of the others. */
  #sort(lane: Lane<Item>, wouldLeave: boolean): void {
    if (wouldLeave) {
      this.#others.delete(lane);
      this.#contenders.add(lane);
    } else {
      this.#contenders.delete(lane);
      this.#others.add(lane);
    }
  }

  /** Something has happened that concerns all lanes. Those that would leave are asked when it is their turn. */
  #touchOthers(): void {
    for (const lane of this.#others) this.#subject.queue.touch(lane);
  }

  /** Sends a lane that needs no slot; returns whether that is all that can be done for it now. */
  #sendUnbound(lane: Lane<Item>, endOfTurn: boolean): boolean {
    const { queue, slots } = this.#subject;
    this.#contenders.delete(lane);
    while (lane.isUnbound && this.#ask(lane)) {
      // A look follows when the rate limit lets the next batch start.
      if (!slots.mayStart) queue.touch(lane);
      else if (!lane.isFull && !endOfTurn) this.#askAgain(lane);
      else if (this.#start(lane)) continue;
      return true;
    }
    return false;
  }

  /** Sends what is to leave of the lanes that would. */
  #send(endOfTurn: boolean): void {
    const { queue, slots } = this.#subject;
    const contenders = this.#contenders;
    /** Slots that become free meanwhile are for full batches only: callers just answered may join others. */
    let open = slots.free;
    for (;;) {
      const lane = contenders.next(slots.free, queue.now);
      if (lane === undefined) return contenders.releaseSlots();
      const isStale = lane.askedAt < this.#moment || lane.waiting < lane.offer;
      if (isStale && !this.#ask(lane)) this.#sort(lane, false);
      else if (lane.isFull || (endOfTurn && open > 0)) {
        contenders.went(lane);
        open--;
        if (this.#start(lane)) contenders.add(lane);
      } else {
        contenders.keepSlot(lane);
        this.#askAgain(lane);
      }
    }
  }

  /** Whether a lane would leave now; its policy has heard of all that came before this turn. */
  #ask(lane: Lane<Item>): boolean {
    const { now } = this.#subject.queue;
    lane.askedAt = this.#moment;
    if (lane.freshAt !== now) lane.tell();
    return this.#inquiry.ask(lane, now, this.isClosing);
  }

  /** A lane is to be asked at the end of this turn. */
  #askAgain(lane: Lane<Item>): void {
    this.#subject.queue.touch(lane);
    this.#again = true;
  }

  /** Sends a batch; returns whether any of those that waited still do. */
  #start(lane: Lane<Item>): boolean {
    const { options, queue, slots, deadlines, port } = this.#subject;
    const { now } = queue;
    const { isUnbound, offer, reason } = lane;
    const { maxWeight = Infinity } = options;
    const risesAfterMs = RISES_AFTER * slots.meanRunMs;
    const load = { calls: offer, maxWeight, now, risesAfterMs };
    // The handler of a batch that has left before may have called, and been granted room for more.
    queue.grant(0);
    const batch = queue.take(lane, load);
    const hasMore = lane.waiting > 0;
    batch.reason = batch.count < offer ? "weight" : reason;
    slots.start(batch, isUnbound, now);
    deadlines.started(batch);
    if (!hasMore) this.#inquiry.forget(lane);
    lane.started(batch, now);
    this.#moment++;
    port.dispatch(batch);
    this.#catchUp(now);
    return hasMore;
  }

  /** A handler that works on this thread takes its time, which the batcher has read when it ended. */
  #catchUp(since: number): void {
    const { now, touched } = this.#subject.queue;
    if (now > since) this.ring(now);
    if (this.#subject.queue.touched > touched) this.#again = true;
  }
}

/** A call rises by one priority when it has waited as long as so many batches take. */
const RISES_AFTER = 10;
