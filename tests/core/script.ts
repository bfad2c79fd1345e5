import { Call, type LaneKey } from "../../src/core/call.ts";
import { oldestCallIn } from "../../src/victims.ts";
import { type Entry, Model, type Setup } from "./model.ts";
import type { Random } from "./random.ts";
import { placeIn } from "./place_in.ts";

const LANES: LaneKey[] = [undefined, undefined, "a", 1, "1", Symbol("lane")];
const SIZES = [1, 2, 3, 5, 8, Infinity];

/** Does at random what a batcher and its callers may do. */
export class Script {
  readonly model: Model;
  readonly #random: Random;
  readonly #mayResize: boolean;

  constructor(random: Random, setup: Setup, mayResize: boolean) {
    this.#random = random;
    this.#mayResize = mayResize;
    this.model = new Model({ ...setup });
    this.model.handler = () => {
      const calls = random.chance(0.05);
      if (calls) this.#place(true);
      return calls;
    };
  }

  /** One turn of the event loop, or the ring of the timer that comes before it. */
  turn(): void {
    const random = this.#random;
    const { model } = this;
    model.now += random.pick([0, random.next(), 4 * random.next()]);
    if (model.timerAt <= model.now) return this.#ring();
    model.scheduler.queue.now = model.now;
    let again = false;
    for (let looks = 1 + random.below(3); looks > 0; looks--) {
      for (let acts = random.below(5); acts > 0; acts--) this.#act();
      again = model.look(false);
    }
    while (again) {
      if (random.chance(0.3)) this.#call();
      again = model.look(true);
    }
  }

  /** Closes, answers all that runs and sees what is left. */
  close(): void {
    const { model } = this;
    const { scheduler } = model;
    scheduler.close();
    model.handler = () => false;
    for (
      let i = 0;
      i < 10_000 && model.waiting.length + model.running.size > 0;
      i++
    ) {
      if (model.running.size > 0) this.#end();
      while (model.look(true));
    }
    const { queue, slots } = scheduler;
    const left = [
      queue.waiting,
      queue.queued,
      [...queue.lanes].length,
      slots.running,
    ];
    model.demand("end", left.every((count) => count === 0), `${left} are left`);
    for (const entry of model.entries.values()) {
      model.demand("once", entry.leaves === 1, `left ${entry.leaves} times`);
      model.demand("once", entry.state === "gone", "never answered");
    }
    model.timerAt = Infinity;
    model.now += 1e9;
    model.look(true);
    model.demand("end", model.timerAt === Infinity, "an alarm is left");
    const keys = new Set(LANES).size - 1;
    const made = model.lanesMade;
    for (const key of new Set(LANES)) queue.laneOf(key, false);
    model.demand("end", model.lanesMade - made === keys, "a lane is left");
    model.closed = true;
  }

  #ring(): void {
    const { model } = this;
    // Now and then a timer rings a little early.
    const early = this.#random.chance(0.2) ? 0.1 : 0;
    model.now = Math.max(model.scheduler.queue.now, model.timerAt - early);
    model.timerAt = Infinity;
    while (model.look(true));
  }

  #act(): void {
    const random = this.#random;
    const { model } = this;
    const isCrowded = model.waiting.length + model.running.size > 80;
    if (!isCrowded && random.chance(0.55)) return this.#call();
    if (random.chance(isCrowded ? 0.8 : 0.5)) {
      return model.running.size > 0 ? this.#end() : undefined;
    }
    if (random.chance(0.6)) return this.#abort();
    if (random.chance(0.1)) return this.#flush();
    if (random.chance(0.1)) {
      model.scheduler.calls().forEach(({ resolve }, _i, calls) => {
        model.demand(
          "once",
          model.entries.get(resolve)!.state !== "gone",
          "is listed",
        );
        model.demand(
          "accounts",
          calls.length >= model.waiting.length,
          "calls() misses some",
        );
      });
    }
    if (this.#mayResize && random.chance(0.1)) {
      model.setup.size = random.pick(SIZES);
      model.scheduler.reconsider();
    }
  }

  /** One call, or several of a kind. */
  #call(): void {
    const random = this.#random;
    const { model } = this;
    const { queue } = model.scheduler;
    if (random.chance(0.05)) return this.#place(true);
    for (let calls = random.pick([1, 1, 2, 7]); calls > 0; calls--) {
      if (queue.hasRoom && random.chance(0.8)) this.#put();
      else if (model.scheduler.places >= 1) this.#place(false);
      else if (random.chance(0.5)) this.#dropOldest();
    }
    if (random.chance(0.5)) queue.grant(model.scheduler.places);
  }

  #place(nested: boolean): void {
    const random = this.#random;
    const { model } = this;
    const { scheduler } = model;
    const entry = this.#entry(random.pick(LANES), nested);
    const { lane, resolve } = entry;
    if (random.chance(0.4)) {
      return placeIn(scheduler.queue, entry, resolve, { lane, nested });
    }
    entry.call = new Call(resolve);
    placeIn(scheduler.queue, entry, entry.call, { lane, nested });
    if (random.chance(0.5)) return;
    const span = 1 + random.below(40);
    const { meanRunMs } = scheduler.slots;
    const lead = meanRunMs >= 0 ? Math.max(2 * meanRunMs, span / 4) : span / 2;
    entry.deadlineAt = entry.at + span;
    entry.leaveBy = entry.deadlineAt - lead;
    scheduler.deadlines.set(entry.call, span, scheduler.queue.now);
  }

  #put(): void {
    const entry = this.#entry(undefined, false);
    const { queue } = this.model.scheduler;
    queue.put(entry).hold(entry.resolve);
  }

  #entry(lane: LaneKey, nested: boolean): Entry {
    const { model } = this;
    const entry: Entry = {
      lane,
      nested,
      at: model.scheduler.queue.now,
      resolve: () => {},
      call: undefined,
      deadlineAt: Infinity,
      leaveBy: Infinity,
      flushed: "no",
      state: "waiting",
      leaves: 0,
    };
    model.entries.set(entry.resolve, entry);
    model.waiting.push(entry);
    return entry;
  }

  #dropOldest(): void {
    const { model } = this;
    const call = oldestCallIn(model.scheduler.queue.lanes);
    const held = model.waiting.filter((entry) => !entry.nested);
    const entry = call && model.entries.get(call.resolve);
    model.demand(
      "order",
      entry?.at === held[0]?.at,
      "not the oldest is dropped",
    );
    if (call) this.#remove(call);
  }

  #abort(): void {
    const { model } = this;
    const calls = [...model.waiting];
    for (const batch of model.running) calls.push(...batch.items);
    const able = calls.filter(({ call, state }) => call && state !== "gone");
    if (able.length > 0) this.#remove(this.#random.pick(able).call!);
  }

  #remove(call: Call): void {
    this.model.scheduler.remove(call, "aborted");
    this.model.leave(this.model.entries.get(call.resolve)!, "gone");
  }

  #flush(): void {
    const { model } = this;
    const isUnbound = this.#random.chance(0.3);
    let visited = 0;
    model.scheduler.flush(isUnbound, (call) => {
      const entry = model.entries.get(call.resolve)!;
      entry.call = call;
      if (entry.flushed !== "unbound") {
        entry.flushed = isUnbound ? "unbound" : "bound";
      }
      visited++;
    });
    const { length } = model.waiting;
    model.demand(
      "accounts",
      visited === length,
      `${visited} of ${length} are flushed`,
    );
  }

  /** Any of the running batches is answered. */
  #end(): void {
    const { model } = this;
    const batch = this.#random.pick([...model.running]);
    model.running.delete(batch);
    batch.tickets.forEach((ticket, i) => {
      if (ticket === undefined) return;
      batch.vacate(i);
      if (typeof ticket === "object") model.scheduler.release(ticket);
      model.leave(batch.items[i]!, "gone");
    });
    model.scheduler.ended(batch, model.now, this.#random.chance(0.1));
  }
}
