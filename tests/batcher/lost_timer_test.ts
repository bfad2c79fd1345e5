import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, DeadlineError } from "../../mod.ts";
import { recordingHandler } from "../../src/testing.ts";
import { FrailHost } from "./frail_host.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, turns, watched } from "./watched.ts";

const echo = (xs: number[]) => xs;

describe("R15: timers and hops that die", () => {
  it("A timer that died is found overdue by the next call, which sends all that waits", async () => {
    const host = new FrailHost();
    host.timersDie = true;
    const handler = recordingHandler(echo);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    const calls = [watched(batcher.run(1))];
    await turns(2);
    await host.moveTo(71);
    assert.deepEqual(handler.items, []);
    calls.push(watched(batcher.run(2)));
    await turns(2);
    assert.deepEqual(seenOf(calls), [1, 2]);
    assert.deepEqual(handler.items, [[1, 2]]);
  });

  it("A call that is refused finds it overdue as well: a full queue does not stay full", async () => {
    const host = new FrailHost();
    host.timersDie = true;
    const handler = recordingHandler(echo);
    const options = { size: 2, maxQueue: 0, maxWaitMs: 20, lane: String, host };
    const batcher = new Batcher(handler, options);
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await turns(2);
    await host.moveTo(71);
    assert.equal(batcher.full, true);
    assert.deepEqual(handler.items, []);
    calls.push(watched(batcher.run(4)));
    await turns(2);
    assert.equal(calls[3]!.state, "rejected");
    assert.deepEqual(handler.items, [[1]]);
    assert.equal(batcher.full, false);
  });

  it("A timer that is late by no more than 50 ms is given its time", async () => {
    const host = new FrailHost();
    const handler = recordingHandler(echo);
    const batcher = new Batcher(handler, { maxWaitMs: 200, host });
    batcher.run(1);
    await turns(2);
    host.time = 190;
    batcher.run(2);
    await turns(2);
    assert.deepEqual([host.timersSet, host.timersCancelled], [1, 0]);
    await host.moveTo(200);
    assert.deepEqual(handler.items, [[1, 2]]);
  });

  it("The timer is set anew, and rings for those who wait on", async () => {
    const host = new FrailHost();
    host.timersDie = true;
    const handler = recordingHandler(echo);
    const lane = (x: number) => x;
    const options = { maxWaitMs: 20, lane, concurrency: 2, host };
    const batcher = new Batcher(handler, options);
    batcher.run(1);
    await turns(2);
    await host.moveTo(71);
    host.timersDie = false;
    batcher.run(2);
    await turns(2);
    assert.deepEqual(handler.items, [[1]]);
    await host.moveTo(91);
    assert.deepEqual(handler.items, [[1], [2]]);
  });

  it("Timers that go on dying are set anew at most once per 50 ms", async () => {
    const host = new FrailHost();
    host.timersDie = true;
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    batcher.run(0);
    await turns(2);
    batcher.run(0, { deadlineMs: 10 }).catch(() => {});
    for (let time = 0; time < 1000; time += 5) {
      host.time = time;
      watched(batcher.run(time, { deadlineMs: 20 }));
      await turns(2);
    }
    assert.ok(host.timersSet >= 10, `${host.timersSet} times`);
    assert.ok(host.timersSet <= 2 + 1000 / 50, `${host.timersSet} times`);
  });

  it("A hop that died is found overdue by who calls in the turn in which a batch has ended", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { concurrency: 2, host });
    const again = batcher.run(1).then(() => batcher.run(3));
    await turns(2);
    host.hopsDie = true;
    const calls = [watched(batcher.run(2)), watched(again)];
    await turns(2);
    host.hopsDie = false;
    host.time = 60;
    handler.at(0).finish();
    await turns(3);
    assert.deepEqual(handler.items, [[1], [2, 3]]);
    handler.at(1).finish();
    await turns(2);
    assert.deepEqual(seenOf(calls), [2, 3]);
  });

  it("A hop that died is found overdue and made again", async () => {
    const host = new FrailHost();
    host.hopsDie = true;
    const handler = recordingHandler(echo);
    const batcher = new Batcher(handler, { host });
    const calls = [watched(batcher.run(1))];
    await turns(2);
    host.hopsDie = false;
    host.time = 50;
    calls.push(watched(batcher.run(2)));
    await turns(2);
    assert.deepEqual(handler.items, []);
    host.time = 51;
    calls.push(watched(batcher.run(3)));
    await turns(2);
    assert.deepEqual(seenOf(calls), [1, 2, 3]);
    assert.deepEqual(handler.items, [[1, 2, 3]]);
  });

  it("Hops that go on dying are made at most once per 50 ms", async () => {
    const host = new FrailHost();
    host.hopsDie = true;
    const batcher = new Batcher(echo, { host });
    for (let time = 0; time < 1000; time += 5) {
      host.time = time;
      batcher.run(time);
      await turns(1);
    }
    assert.ok(host.hops >= 10, `${host.hops} hops`);
    assert.ok(host.hops <= 1 + 1000 / 50, `${host.hops} hops`);
  });

  it("A full batch needs neither timer nor hop", async () => {
    const host = new FrailHost();
    host.timersDie = host.hopsDie = true;
    const batcher = new Batcher(echo, { size: 2, maxWaitMs: 20, host });
    const calls = [1, 2, 3, 4].map((x) => watched(batcher.run(x)));
    await turns(2);
    assert.deepEqual(seenOf(calls), [1, 2, 3, 4]);
  });

  it("An abort and a flush find a dead timer as well as a call does", async () => {
    for (const way of ["abort", "flush"]) {
      const host = new FrailHost();
      host.timersDie = true;
      const batcher = new Batcher(echo, { maxWaitMs: 20, host });
      const controller = new AbortController();
      const { signal } = controller;
      const call = watched(batcher.run(1));
      watched(batcher.run(2, { signal }));
      await turns(2);
      await host.moveTo(71);
      if (way === "abort") controller.abort();
      else watched(batcher.flush());
      await turns(2);
      assert.equal(call.value, 1, way);
    }
  });

  it("An overdue deadline is found with the dead timer", async () => {
    const host = new FrailHost();
    host.timersDie = true;
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const late = watched(batcher.run(1, { deadlineMs: 20 }));
    await turns(2);
    await host.moveTo(71);
    assert.equal(late.state, "pending");
    batcher.run(2);
    await turns(2);
    assert.ok(late.error instanceof DeadlineError);
  });

  it("A timer that comes after it was given up does no harm", async () => {
    const host = new FrailHost();
    const handler = recordingHandler(echo);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    batcher.run(1);
    await turns(2);
    host.time = 71;
    batcher.run(2);
    await turns(2);
    assert.deepEqual(handler.items, [[1, 2]]);
    batcher.run(3);
    await turns(2);
    await host.moveTo(90);
    assert.deepEqual(handler.items, [[1, 2]]);
    await host.moveTo(91);
    assert.deepEqual(handler.items, [[1, 2], [3]]);
  });

  it("A timer that rings early looks again at the right time", async () => {
    const host = new FrailHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    const call = watched(batcher.run(1, { deadlineMs: 50 }));
    await turns(2);
    for (const time of [10, 19, 19.9]) {
      host.time = time;
      await host.ringEarly();
      assert.deepEqual(handler.items, []);
    }
    await host.moveTo(20);
    assert.deepEqual(handler.items, [[1]]);
    for (const time of [45, 49.9]) {
      host.time = time;
      await host.ringEarly();
      assert.equal(call.state, "pending");
    }
    await host.moveTo(50);
    assert.ok(call.error instanceof DeadlineError);
  });
});
