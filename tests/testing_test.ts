import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";
import { batched } from "../mod.ts";
import { recordingHandler, VirtualHost } from "../src/testing.ts";
import { turns } from "./batcher/watched.ts";

describe("VirtualHost", () => {
  it("Its time stands still until it is advanced", async () => {
    const host = new VirtualHost();
    assert.equal(host.now(), 0);
    await turns(2);
    assert.equal(host.now(), 0);
    await host.advance(12.5);
    assert.equal(host.now(), 12.5);
    await host.advance();
    assert.equal(host.now(), 12.5);
  });

  it("Timers ring at their own times, in order, those of one time as they were set", async () => {
    const host = new VirtualHost();
    const rung: [string, number][] = [];
    const set = (name: string, ms: number) =>
      host.timer(() => rung.push([name, host.now()]), ms);
    set("c", 30);
    set("a", 10);
    set("b1", 20);
    set("b2", 20);
    set("none", 0);
    set("negative", -5);
    assert.equal(host.timers, 6);
    await host.advance(29);
    assert.deepEqual(rung, [
      ["none", 0],
      ["negative", 0],
      ["a", 10],
      ["b1", 20],
      [
        "b2",
        20,
      ],
    ]);
    assert.equal(host.timers, 1);
    await host.advance(1);
    assert.deepEqual(rung.at(-1), ["c", 30]);
  });

  it("A timer that rings may set the next, which rings in the same advance", async () => {
    const host = new VirtualHost();
    const times: number[] = [];
    const tick = () => {
      times.push(host.now());
      host.timer(tick, 10);
    };
    host.timer(tick, 10);
    await host.advance(35);
    assert.deepEqual(times, [10, 20, 30]);
  });

  it("A timer that is cancelled never rings, also by another of the same time", async () => {
    const host = new VirtualHost();
    const rung: string[] = [];
    const first = host.timer(() => {
      rung.push("first");
      second.cancel();
    }, 10);
    const second = host.timer(() => rung.push("second"), 10);
    await host.advance(20);
    first.cancel();
    assert.deepEqual(rung, ["first"]);
    assert.equal(host.timers, 0);
  });

  it("What follows from one timer happens before the next", async () => {
    const host = new VirtualHost();
    const order: string[] = [];
    host.timer(() => {
      order.push("timer 1");
      Promise.resolve().then(() => order.push("promise 1"));
      host.hop(() => order.push("hop 1"));
    }, 10);
    host.timer(() => order.push("timer 2"), 10);
    await host.advance(10);
    assert.deepEqual(order, ["timer 1", "promise 1", "hop 1", "timer 2"]);
  });

  it("Hops are real turns: they come without an advance", async () => {
    const host = new VirtualHost();
    let hops = 0;
    host.hop(() => hops++);
    for (let i = 0; i < 10; i++) await undefined;
    assert.equal(hops, 0);
    await turns(2);
    assert.equal(hops, 1);
  });

  it("advance() waits for hops that hops have made", async () => {
    const host = new VirtualHost();
    let hops = 0;
    const hop = () => {
      if (++hops < 5) host.hop(hop);
    };
    host.hop(hop);
    await host.advance();
    assert.equal(hops, 5);
  });

  it("R22: neutral() runs in nobody's context", () => {
    const storage = new AsyncLocalStorage<string>();
    const host = new VirtualHost();
    const context = storage.run(
      "somebody's",
      () => host.neutral(() => storage.getStore() ?? "none"),
    );
    assert.equal(context, "none");
  });

  it("Batches leave on its time alone", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler((xs: number[]) => xs);
    const echo = batched(handler, { maxWaitMs: 3_600_000, host });
    const answer = echo(1);
    await host.advance(3_599_999);
    assert.deepEqual(handler.items, []);
    await host.advance(1);
    assert.equal(await answer, 1);
  });

  it("Its time never runs backwards", async () => {
    const host = new VirtualHost();
    await host.advance(10);
    for (const ms of [-1, NaN, "3", null, true, 3n, Symbol("3")]) {
      await assert.rejects(host.advance(ms as number), {
        name: "RangeError",
        message: /^Cannot move time: "ms" must be a number of ms >= 0, got /,
      });
    }
    assert.equal(host.now(), 10);
    const far = host.advance(100);
    const near = host.advance(10);
    await far;
    await near;
    assert.ok(host.now() >= 110);
  });
});

describe("recordingHandler()", () => {
  it("Remembers each batch, and answers as it was told to", async () => {
    const handler = recordingHandler((xs: number[], { id }) =>
      xs.map((x) => `${id}: ${x}`)
    );
    const fn = batched(handler, { size: 2, lane: (x) => x > 2 });
    assert.deepEqual(await Promise.all([fn(1), fn(2), fn(3)]), [
      "1: 1",
      "1: 2",
      "2: 3",
    ]);
    assert.deepEqual(handler.items, [[1, 2], [3]]);
    assert.deepEqual(handler.batches.map(({ items }) => items), handler.items);
    const { id, lane, reason, signal } = handler.batches[0]!.batch;
    assert.deepEqual([id, lane, reason], [1, false, "full"]);
    assert.ok(signal instanceof AbortSignal);
  });

  it("Remembers the items as they came, whatever is done to them", async () => {
    const handler = recordingHandler((xs: number[]) => xs.splice(0));
    await batched(handler)(1);
    assert.deepEqual(handler.items, [[1]]);
    assert.deepEqual(handler.batches[0]!.items, [1]);
  });

  it("Remembers also a batch that it fails", async () => {
    const handler = recordingHandler((_: number[]): number[] => {
      throw new Error("broken");
    });
    await assert.rejects(batched(handler)(1), { message: "broken" });
    assert.deepEqual(handler.items, [[1]]);
  });
});
