import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, type BatcherOptions } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, watched } from "./watched.ts";

/** A batcher whose only slot is busy with the call "busy". */
async function busy(options: BatcherOptions<string> = {}) {
  const host = new VirtualHost();
  const handler = heldHandler((x: string) => x);
  const batcher = new Batcher(handler, { host, ...options });
  watched(batcher.run("busy"));
  await host.advance();
  const next = async (index: number) => {
    handler.at(index).finish();
    await host.advance();
    return handler.items[index + 1]?.join(" ");
  };
  return { host, handler, batcher, next };
}

describe("R8: priority", () => {
  it("Higher ones leave first, FIFO within, 0 where none is given", async () => {
    const { batcher, next } = await busy();
    watched(batcher.run("low", { priority: -1 }));
    watched(batcher.run("a"));
    watched(batcher.run("high", { priority: 10 }));
    watched(batcher.run("b", { priority: 0 }));
    watched(batcher.run("c"));
    assert.equal(await next(0), "high a b c low");
  });

  it("Room that is left is filled with lower ones, and each call gets its own result", async () => {
    const { host, handler, batcher, next } = await busy({ size: 3 });
    const calls = [
      ...["l1", "l2"].map((x) => watched(batcher.run(x, { priority: -2 }))),
      ...["h1", "h2"].map((x) => watched(batcher.run(x, { priority: 2 }))),
      watched(batcher.run("plain")),
    ];
    assert.equal(await next(0), "h1 h2 plain");
    assert.equal(await next(1), "l1 l2");
    handler.at(2).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), ["l1", "l2", "h1", "h2", "plain"]);
  });

  it("A call rises by one when it has waited as long as ten batches take", async () => {
    for (const [waitMs, order] of [[199, "high low"], [200, "low high"]]) {
      const { host, handler, batcher } = await busy();
      await host.advance(20);
      watched(batcher.run("then"));
      handler.at(0).finish();
      await host.advance();
      watched(batcher.run("low"));
      await host.advance(Number(waitMs));
      watched(batcher.run("high", { priority: 1 }));
      handler.at(1).fail("says nothing of what work costs");
      await host.advance();
      assert.equal(handler.items[2]?.join(" "), order);
    }
  });

  it("R16, R17 calls of any priority leave early as others do", async () => {
    const { host, batcher, next } = await busy();
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      watched(batcher.run("a", { priority: 5, signal })),
      watched(batcher.run("b", { priority: 5, deadlineMs: 10 })),
      watched(batcher.run("c", { priority: -5, signal })),
      watched(batcher.run("d", { priority: 5 })),
    ];
    controller.abort("stop");
    await host.advance(10);
    const states = calls.map(({ state }) => state);
    assert.deepEqual(states, ["rejected", "rejected", "rejected", "pending"]);
    assert.equal(await next(0), "d");
  });

  it("R8 of those who call again as several batches end at once the higher ones leave first", async () => {
    const host = new VirtualHost();
    const items: string[] = [];
    const options = { size: 1, host };
    const batcher = new Batcher(
      (xs: string[]) => (items.push(...xs), xs),
      options,
    );
    watched(batcher.run("a").then(() => batcher.run("low")));
    watched(batcher.run("b").then(() => batcher.run("high", { priority: 1 })));
    await host.advance();
    assert.deepEqual(items, ["a", "b", "high", "low"]);
  });

  it("Both ends of the range are taken", async () => {
    const { batcher, next } = await busy();
    watched(batcher.run("lowest", { priority: -10 }));
    watched(batcher.run("highest", { priority: 10 }));
    assert.equal(await next(0), "highest lowest");
  });

  it("onSettle hears how long a call has waited, wherever it stood in the line", async () => {
    const waits: Record<string, number> = {};
    const { host, handler, batcher, next } = await busy();
    const run = (x: string, priority: number) =>
      watched(batcher.run(x, {
        priority,
        onSettle: ({ waitMs }) => waits[x] = waitMs,
      }));
    run("low", -1);
    await host.advance(30);
    run("high", 1);
    await host.advance(10);
    assert.equal(await next(0), "high low");
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(waits, { low: 40, high: 10 });
  });

  it("Stats and events tell of the oldest call, though it does not come first", async () => {
    const events: number[] = [];
    const { host, batcher, next } = await busy({
      hooks: { onBatchStart: ({ waitMs }) => events.push(waitMs) },
    });
    watched(batcher.run("low", { priority: -1 }));
    await host.advance(30);
    watched(batcher.run("high", { priority: 1 }));
    await host.advance(10);
    await next(0);
    assert.deepEqual(events, [0, 40]);
    assert.equal(batcher.stats().waitMs.max, 40);
  });
});

describe("R8, R18: drop-lowest", () => {
  const options = { maxQueue: 2, overflow: "drop-lowest" } as const;
  const states = (calls: { state: string }[]) =>
    calls.map(({ state }) => state === "rejected" ? "dropped" : state);

  it("Drops the oldest of the lowest priority for a higher one", async () => {
    const { host, batcher, next } = await busy(options);
    const calls = [
      watched(batcher.run("a", { priority: -1 })),
      watched(batcher.run("b", { priority: -1 })),
      watched(batcher.run("c")),
    ];
    await host.advance();
    assert.deepEqual(states(calls), ["dropped", "pending", "pending"]);
    assert.equal(await next(0), "c b");
  });

  it("Refuses a call that is no higher than the lowest", async () => {
    const { host, batcher, next } = await busy(options);
    const calls = [
      watched(batcher.run("a", { priority: 1 })),
      watched(batcher.run("b")),
      watched(batcher.run("c")),
      watched(batcher.run("d", { priority: -1 })),
    ];
    await host.advance();
    assert.deepEqual(states(calls), [
      ...["pending", "pending", "dropped", "dropped"],
    ]);
    assert.deepEqual([batcher.stats().refused, batcher.stats().dropped], [
      2,
      0,
    ]);
    assert.equal(await next(0), "a b");
  });

  it("Looks at all lanes", async () => {
    const { host, batcher } = await busy({ ...options, lane: (x) => x[0] });
    const calls = [
      watched(batcher.run("a1", { priority: 3 })),
      watched(batcher.run("b1", { priority: 2 })),
      watched(batcher.run("c1", { priority: 4 })),
      watched(batcher.run("c2", { priority: 5 })),
    ];
    await host.advance();
    assert.deepEqual(states(calls), [
      ...["dropped", "dropped", "pending", "pending"],
    ]);
  });

  it("Whatever priorities there are, the lowest is dropped", async () => {
    for (const priorities of [[-1, 1, 0], [1, -1, 0], [0, -1, 1], [1, 0, -1]]) {
      const { host, batcher } = await busy({ ...options, maxQueue: 3 });
      const calls = priorities.map((priority) =>
        watched(batcher.run(String(priority), { priority }))
      );
      watched(batcher.run("2", { priority: 2 }));
      await host.advance();
      const expected = priorities.map((priority) =>
        priority === -1 ? "dropped" : "pending"
      );
      assert.deepEqual(states(calls), expected);
    }
  });

  it("Of the lowest in several lanes it drops the oldest, whichever lane is looked at first", async () => {
    for (const words of ["a1 b1", "b1 a1"]) {
      const { host, batcher } = await busy({ ...options, lane: (x) => x[0] });
      const calls = [];
      for (const word of words.split(" ")) {
        calls.push(watched(batcher.run(word)));
        await host.advance(1);
      }
      calls.push(watched(batcher.run("c1", { priority: 1 })));
      await host.advance();
      assert.deepEqual(states(calls), ["dropped", "pending", "pending"]);
    }
  });

  it("And so it does where the older one's lane has others of a higher priority", async () => {
    const { host, batcher } = await busy({
      ...options,
      maxQueue: 3,
      lane: (x) => x[0],
    });
    const calls = [];
    for (const [word, priority] of [["a1", 2], ["b1", 0], ["a2", 0]] as const) {
      calls.push(watched(batcher.run(word, { priority })));
      await host.advance(1);
    }
    calls.push(watched(batcher.run("c1", { priority: 1 })));
    await host.advance();
    assert.deepEqual(states(calls), [
      ...["pending", "dropped", "pending", "pending"],
    ]);
  });
});
