import type { Batch, Call, LaneKey, Resolve } from "../../src/core/call.ts";
import type { Port } from "../../src/core/port.ts";
import { Scheduler } from "../../src/core/scheduler.ts";
import { natural, window } from "../../src/core/policy.ts";

/** What must hold whatever happens. */
export const RULES = {
  once: "R9 every call leaves exactly once: sent, removed or expired",
  own: "R5 the items, times and tickets of a batch belong together",
  order: "R5 calls leave their lane in the order in which they came",
  lane: "R7 a batch has calls of one lane only",
  size: "No batch is empty or has more calls than `size`",
  slots: "R3 no more than `concurrency` batches hold a slot",
  unbound: "R26 only nested and flushed calls leave without a slot",
  turn: "R1 before the end of a turn only full batches leave",
  wait:
    "R2 nobody waits past the window, or any other reason, while a slot is free",
  wake: "R21 a look is asked for in time",
  deadline: "R17 nobody is sent, or heard of later, after the deadline",
  accounts: "R18 the accounts agree with what waits and runs, after every turn",
  end: "In the end nothing is left, and no lane",
};

/** A call, as the script knows it. It is its own item. */
export interface Entry {
  readonly lane: LaneKey;
  readonly nested: boolean;
  readonly at: number;
  readonly resolve: Resolve;
  /** `undefined` while it is plain. */
  call: Call | undefined;
  deadlineAt: number;
  /** When it must leave, if a slot is free. */
  leaveBy: number;
  flushed: "no" | "bound" | "unbound";
  state: "waiting" | "running" | "gone";
  /** How often it has left the queue. */
  leaves: number;
}

/** What a script obeys. */
export interface Setup {
  size: number;
  readonly concurrency: number;
  readonly maxQueue: number;
  /** 0 for natural. */
  readonly windowMs: number;
}

/** Knows what must be so, and writes down where the scheduler differs. */
export class Model implements Port<Entry> {
  readonly scheduler: Scheduler<Entry>;
  readonly setup: Setup;
  readonly broken: Map<keyof typeof RULES, string> = new Map();
  readonly entries: Map<Resolve, Entry> = new Map();
  readonly waiting: Entry[] = [];
  readonly running: Set<Batch<Entry>> = new Set();
  now = 0;
  timerAt: number = Infinity;
  /** Set by the script: runs inside of `dispatch` and says whether it has made calls. */
  handler: () => boolean = () => false;
  lanesMade = 0;
  /** Set by the script: it has run to its end. */
  closed = false;
  #isEndOfTurn = false;
  /** Set while calls wait that were made during a look. */
  #isStirred = false;

  constructor(setup: Setup) {
    this.setup = setup;
    const policy = setup.windowMs > 0 ? window(setup.windowMs) : natural();
    const options = Object.setPrototypeOf({
      policy: {
        forLane: (limits: Setup) => (this.lanesMade++, policy.forLane(limits)),
      },
    }, setup);
    this.scheduler = new Scheduler<Entry>(options, this);
  }

  demand(rule: keyof typeof RULES, holds: boolean, otherwise: string): void {
    if (holds || this.broken.has(rule)) return;
    this.broken.set(rule, `${otherwise}, at ${this.now}`);
  }

  dispatch(batch: Batch<Entry>): void {
    const { items, tickets, lane, home: { nested }, reason, unbound } = batch;
    const { size } = this.setup;
    this.running.add(batch);
    const line = this.waiting.filter((entry) =>
      Object.is(entry.lane, lane) && entry.nested === nested
    );
    const full = reason === "full";
    this.demand(
      "size",
      items.length >= 1 && items.length <= size,
      `${items.length} calls`,
    );
    this.demand(
      "size",
      full === (items.length === size),
      `${reason}: ${items.length}`,
    );
    this.demand("own", tickets.length === items.length, "tickets missing");
    this.demand("own", tickets.length === items.length, "tickets missing");
    this.demand("turn", full || this.#isEndOfTurn, `left for ${reason}`);
    const mayBeUnbound = nested ||
      items.some((entry) => entry.flushed === "unbound");
    this.demand("unbound", !unbound || mayBeUnbound, `unbound for ${reason}`);
    this.demand(
      "slots",
      this.held <= this.setup.concurrency,
      `${this.held} do`,
    );
    items.forEach((entry, i) => {
      const ticket = tickets[i];
      const resolve = typeof ticket === "object" ? ticket.resolve : ticket;
      this.demand("own", resolve === entry.resolve, "a neighbour's ticket");
      this.demand("own", batch.timeAt(i) === entry.at, "a neighbour's time");
      if (typeof ticket === "object") {
        const isSeated = ticket.batch === batch && ticket.index === i;
        this.demand("own", isSeated, "a call that does not know its place");
      }
      const isOfLane = Object.is(entry.lane, lane) && entry.nested === nested;
      this.demand("lane", isOfLane, `${String(entry.lane)} in ${String(lane)}`);
      this.demand("order", entry === line[i], "another was first");
      this.demand("deadline", this.now < entry.deadlineAt, "sent too late");
      this.leave(entry, "running");
    });
    if (this.handler()) this.#isStirred = true;
  }

  wakeAt(time: number): void {
    this.timerAt = Math.min(this.timerAt, time);
  }

  drop(): void {
    this.demand("once", false, "dropped by a policy that drops nothing");
  }

  expire(call: Call): void {
    const entry = this.entries.get(call.resolve)!;
    this.demand("deadline", this.now >= entry.deadlineAt, "expired too early");
    this.scheduler.remove(call, "expired");
    this.leave(entry, "gone");
  }

  report(error: unknown): void {
    throw error;
  }

  /** A call has left the queue, or the batch that it ran in. */
  leave(entry: Entry, to: "running" | "gone"): void {
    if (entry.state === "waiting") {
      entry.leaves++;
      this.waiting.splice(this.waiting.indexOf(entry), 1);
    } else {
      const isAnswered = entry.state === "running" && to === "gone";
      this.demand("once", isAnswered, `${entry.state}, then ${to}`);
    }
    entry.state = to;
  }

  /** Looks, and sees that nothing stays that should have left. */
  look(endOfTurn: boolean): boolean {
    this.#isEndOfTurn = endOfTurn;
    const again = this.scheduler.look(this.now, endOfTurn);
    this.#isEndOfTurn = false;
    if (this.#isStirred) {
      this.#isStirred = false;
      return this.look(false) || again;
    }
    if (!again) this.#checkThatNobodyIsLate();
    this.#checkAccounts();
    return again;
  }

  /** How many batches hold a slot. */
  get held(): number {
    return [...this.running].filter((batch) => !batch.unbound).length;
  }

  get queued(): number {
    return this.waiting.filter((entry) => !entry.nested).length;
  }

  #checkThatNobodyIsLate(): void {
    const { windowMs, concurrency, size } = this.setup;
    const isFree = this.held < concurrency;
    const lanes = new Map<string, number>();
    for (const entry of this.waiting) {
      const key = `${typeof entry.lane} ${String(entry.lane)}`;
      lanes.set(key, (lanes.get(key) ?? 0) + (entry.nested ? 0 : 1));
      const due = Math.min(entry.at + windowMs, entry.leaveBy);
      const mustGo = this.now >= due || entry.flushed !== "no" ||
        this.scheduler.closing || lanes.get(key)! >= size;
      this.demand(
        "wait",
        !(isFree && mustGo),
        `one of ${this.waiting.length} waits`,
      );
      this.demand("wait", !entry.nested, "a nested call waits");
      this.demand("wait", entry.flushed !== "unbound", "a flushed call waits");
      if (isFree) {
        this.demand("wake", this.timerAt <= due, `wakes at ${this.timerAt}`);
      }
    }
    for (const entry of this.#pending()) {
      this.demand("deadline", this.now < entry.deadlineAt, "hears too late");
      this.demand(
        "wake",
        this.timerAt <= entry.deadlineAt,
        `wakes at ${this.timerAt}`,
      );
    }
  }

  #pending(): Entry[] {
    const inFlight = [...this.running].flatMap((batch) => batch.items);
    return [...this.waiting, ...inFlight].filter(({ state }) =>
      state !== "gone"
    );
  }

  #checkAccounts(): void {
    const { queue, slots, places } = this.scheduler;
    const { concurrency, maxQueue, size } = this.setup;
    const free = concurrency - this.held;
    const expected = maxQueue + (free > 0 ? free * size : 0) - this.queued;
    const accounts: [string, unknown, unknown][] = [
      ["waiting", queue.waiting, this.waiting.length],
      ["queued", queue.queued, this.queued],
      ["placed", queue.placed, this.entries.size],
      ["running", slots.running, this.running.size],
      ["free", slots.free, free],
      ["places", places, expected],
    ];
    for (const [name, is, should] of accounts) {
      this.demand("accounts", is === should, `${name} is ${is}, not ${should}`);
    }
  }
}
