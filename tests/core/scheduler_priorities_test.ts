import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Call } from "../../src/core/call.ts";
import { window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";
import { Random } from "./random.ts";

/** One slot, busy with a batch of its own from 0 on; no batch has been measured. */
function busy(size: number): Driven {
  const driven = new Driven({ size });
  driven.turn(0, "busy");
  return driven;
}

/** Ends a batch that says nothing of what work costs. */
function endFailed(driven: Driven, now: number): void {
  driven.end(now, true);
  if (driven.look(now)) driven.endTurn(now);
}

/** The same, but batches are known to take 10 ms: a call rises every 100 ms. */
function measured(size: number): Driven {
  const driven = new Driven({ size });
  driven.turn(0, "first");
  driven.end(10);
  driven.turn(10, "busy");
  driven.batches.length = 0;
  return driven;
}

describe("Scheduler: priorities", () => {
  it("R8 higher ones leave first, and those of one priority in the order in which they came", () => {
    const driven = busy(10);
    driven.place(1, "low1", { priority: -10 });
    driven.place(2, "plain1");
    driven.place(3, "high1", { priority: 10 });
    driven.place(4, "plain2");
    driven.place(5, "high2", { priority: 10 });
    driven.place(6, "low2", { priority: -10 });
    driven.endAndTurn(9);
    const words = "high1 high2 plain1 plain2 low1 low2";
    assert.equal(driven.sent.at(-1), words);
  });

  it("R8 room that is left in a batch is filled with lower ones", () => {
    const driven = busy(3);
    driven.place(1, "a b c", { priority: -1 });
    driven.place(2, "x y", { priority: 1 });
    driven.endAndTurn(9);
    driven.endAndTurn(10);
    assert.deepEqual(driven.sent.slice(1), ["x y a", "b c"]);
  });

  it("R8 a full batch is full whatever the priorities in it", () => {
    const driven = new Driven({ size: 3, policy: window(1000) });
    driven.place(0, "a b", { priority: -1 });
    driven.place(0, "x", { priority: 1 });
    driven.look(0);
    assert.deepEqual(driven.sent, ["x a b"]);
    assert.deepEqual(driven.reasons, ["full"]);
  });

  it("R8 the window counts for the oldest call of all, whatever its priority", () => {
    const driven = new Driven({ policy: window(10) });
    driven.turn(0, "low", { priority: -5 });
    driven.turn(6, "high", { priority: 5 });
    assert.equal(driven.wake, 10);
    driven.endTurn(10);
    assert.deepEqual(driven.sent, ["high low"]);
  });

  it("R8 times, weights and tickets go along", () => {
    const driven = busy(4);
    const [low] = driven.place(1, "low", { priority: -1, weight: 3 });
    const [high] = driven.place(2, "high", { priority: 1, weight: 7 });
    driven.endAndTurn(9);
    const batch = driven.batches[1]!;
    assert.deepEqual(batch.items, ["high", "low"]);
    assert.deepEqual(batch.tickets, [high, low]);
    assert.deepEqual([high!.index, low!.index], [0, 1]);
    assert.deepEqual([batch.timeAt(0), batch.timeAt(1)], [2, 1]);
    assert.deepEqual([batch.weightAt(0), batch.weightAt(1)], [7, 3]);
    assert.equal(batch.weight, 10);
  });

  it("R8, R6 the first that does not fit ends the batch: no lower one overtakes it", () => {
    const driven = new Driven({ size: 9, maxWeight: 10 });
    driven.turn(0, "busy");
    driven.place(1, "low", { priority: -1, weight: 1 });
    driven.place(2, "h6 h5", { priority: 1, weight: 6 });
    driven.endAndTurn(9);
    driven.endAndTurn(10);
    assert.deepEqual(driven.sent.slice(1), ["h6", "h5 low"]);
    assert.equal(driven.batches[1]!.reason, "weight");
  });

  it("R8 a call rises by one when it has waited as long as ten batches take", () => {
    for (const [waited, expected] of [[99, "high low"], [100, "low high"]]) {
      const driven = measured(10);
      driven.place(20, "low", { priority: 0 });
      driven.place(20 + Number(waited), "high", { priority: 1 });
      endFailed(driven, 20 + Number(waited));
      assert.equal(driven.sent.at(-1), expected, `after ${waited} ms`);
    }
  });

  it("R8 the lowest overtakes the highest only after twenty times that", () => {
    for (const [waited, expected] of [[1999, "high low"], [2000, "low high"]]) {
      const driven = measured(10);
      driven.place(20, "low", { priority: -10 });
      driven.place(20 + Number(waited), "high", { priority: 10 });
      endFailed(driven, 20 + Number(waited));
      assert.equal(driven.sent.at(-1), expected, `after ${waited} ms`);
    }
  });

  it("R8 nobody rises while no batch was measured, or where batches take no time", () => {
    const driven = busy(10);
    driven.place(1, "low");
    driven.place(1e6, "high", { priority: 1 });
    driven.endAndTurn(1e6);
    assert.equal(driven.sent.at(-1), "high low");

    const instant = new Driven({ size: 10, policy: window(1000) });
    instant.turn(0, "first");
    instant.endTurn(1000);
    instant.end(1000);
    instant.place(1001, "low");
    instant.place(1500, "high", { priority: 1 });
    instant.endTurn(2001);
    assert.equal(instant.sent.at(-1), "high low");
  });

  it("R8 no flood of higher ones starves a call: it has its turn after some batches", () => {
    const driven = measured(2);
    driven.place(20, "low", { priority: -3 });
    let batches = 0;
    for (let now = 20; !driven.sent.join(" ").includes("low"); now += 10) {
      driven.place(now, "high high", { priority: 0 });
      driven.endAndTurn(now);
      assert.ok(++batches <= 31, "it still waits");
    }
    assert.ok(batches >= 30, `after ${batches} batches`);
  });

  it("R16 who leaves early leaves from its own line", () => {
    const driven = busy(10);
    const [low] = driven.place(1, "low low2", { priority: -1 });
    const [high] = driven.place(1, "high high2", { priority: 1 });
    driven.scheduler.remove(high!, "aborted");
    driven.scheduler.remove(low!, "aborted");
    driven.endAndTurn(2);
    assert.equal(driven.sent.at(-1), "high2 low2");
    assert.equal(driven.scheduler.queue.waiting, 0);
  });

  it("R27 a call that is raised goes on to wait where its age belongs", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = new Random(seed);
      const driven = busy(random.pick([1, 3, 30]));
      const { scheduler } = driven;
      const calls: { word: string; call: Call; time: number }[] = [];
      for (let time = 1; time <= 40; time++) {
        const weight = random.pick([1, 2]);
        const spot = { priority: random.below(4), weight };
        const [call] = driven.place(time, `${time}`, spot);
        calls.push({ word: `${time}`, call: call!, time });
        const { call: raised } = random.pick(calls);
        if (random.chance(0.5)) {
          scheduler.queue.raise(raised, raised.priority + random.below(3));
        }
        if (random.chance(0.2)) {
          const [gone] = calls.splice(random.below(calls.length), 1);
          scheduler.remove(gone!.call, "aborted");
        }
        const [lane] = scheduler.queue.lanes;
        assert.equal(lane?.waiting ?? 0, calls.length);
        if (calls.length > 0) assert.equal(lane!.oldestAt, calls[0]!.time);
      }
      calls.sort((a, b) =>
        b.call.priority - a.call.priority || a.time - b.time
      );
      const words = calls.map(({ word }) => word).join(" ");
      while (scheduler.slots.running > 0) endFailed(driven, 50);
      assert.equal(driven.sent.slice(1).join(" "), words, `seed ${seed}`);
      assert.equal(scheduler.queue.waiting, 0);
    }
  });

  it("R27 a call that must leave soon must do so still when it is raised", () => {
    const driven = new Driven({ policy: window(1000) });
    const [call] = driven.turn(0, "a b");
    driven.scheduler.queue.hasten(call!, "flush");
    driven.scheduler.queue.raise(call!, 1);
    driven.endTurn(1);
    assert.deepEqual(driven.sent, ["a b"]);
    assert.deepEqual(driven.reasons, ["flush"]);
  });

  it("R27 a call that runs already is raised in name only", () => {
    const driven = busy(1);
    const [call] = driven.place(1, "a");
    driven.endAndTurn(2);
    driven.scheduler.queue.raise(call!, 3);
    assert.equal(call!.priority, 3);
    assert.deepEqual([call!.batch, call!.index], [driven.batches[1], 0]);
  });

  it("R5, R8 under random loads the order is that of priority and arrival, and the accounts agree", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = new Random(seed);
      const size = random.pick([1, 2, 5, 30]);
      const driven = busy(size);
      const { queue } = driven.scheduler;
      const calls: { word: string; priority: number; time: number }[] = [];
      for (let time = 1; time <= 40; time++) {
        const priority = random.pick([-10, -1, 0, 0, 0, 3, 10]);
        const word = `${time}`;
        const [call] = driven.place(time, word, { priority });
        if (random.chance(0.25)) driven.scheduler.remove(call!, "aborted");
        else calls.push({ word, priority, time });
        const [lane] = queue.lanes;
        const waited = calls.reduce((sum, call) => sum + time - call.time, 0);
        assert.equal(lane?.waiting ?? 0, calls.length);
        assert.equal(lane?.age(time) ?? 0, waited);
        assert.equal(
          lane?.oldestAt ?? 0,
          calls.length > 0 ? Math.min(...calls.map((call) => call.time)) : 0,
        );
      }
      calls.sort((a, b) => b.priority - a.priority || a.time - b.time);
      while (driven.scheduler.slots.running > 0) {
        endFailed(driven, 50);
      }
      const sent = driven.sent.slice(1).join(" ");
      const words = calls.map(({ word }) => word).join(" ");
      assert.equal(sent, words, `seed ${seed}`);
    }
  });
});
