import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BatchEndEvent,
  Batcher,
  BatchResultError,
  type Hooks,
  type LeaveEvent,
  type SettleInfo,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { watched } from "./watched.ts";

describe("Hooks", () => {
  it("onCall is told of each accepted call, and what it returns is the call's tag", async () => {
    const host = new VirtualHost();
    const events: unknown[] = [];
    let tags: readonly unknown[] = [];
    const batcher = new Batcher((xs: number[]) => xs, {
      name: "echo",
      lane: (x) => x % 2 === 0 ? "even" : "odd",
      host,
      hooks: {
        onCall(event) {
          events.push(event);
          return event.item === 4 ? undefined : `tag ${event.item}`;
        },
        onBatchStart: (event) => tags = event.tags,
      },
    });
    for (const x of [2, 4, 6]) batcher.run(x);
    await host.advance();
    assert.deepEqual(
      events,
      [2, 4, 6].map((item) => ({
        name: "echo",
        lane: "even",
        item,
      })),
    );
    assert.deepEqual(tags, ["tag 2", "tag 6"]);
  });

  it("A batch is told of when it starts and when it ends", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const events: unknown[] = [];
    const batcher = new Batcher(handler, {
      name: "echo",
      maxWaitMs: 10,
      host,
      hooks: {
        onBatchStart: (event) => events.push(event),
        onBatchEnd: (event) => events.push(event),
      },
    });
    batcher.run(1);
    await host.advance(5);
    watched(batcher.run(2));
    await host.advance(5);
    const start = {
      id: 1,
      name: "echo",
      lane: undefined,
      size: 2,
      weight: 2,
      reason: "window",
      waitMs: 10,
      tags: [],
    };
    assert.deepEqual(events, [start]);
    await host.advance(7);
    handler.at(0).answer([1, new Error("one of two")]);
    await host.advance();
    assert.deepEqual(events[1], {
      ...start,
      runMs: 7,
      results: 1,
      failures: 1,
      error: undefined,
    });
  });

  it("stats() have counted a batch when they hear that it has ended", async () => {
    const host = new VirtualHost();
    const seen: unknown[] = [];
    const note = () => {
      const { results, batches, running } = batcher.stats();
      seen.push([results, batches, running]);
    };
    const options = { host, hooks: { onBatchEnd: note } };
    const handler = (xs: number[]) => xs;
    const batcher: Batcher<number, number> = new Batcher(handler, options);
    for (const x of [1, 2]) {
      watched(batcher.run(x, { onSettle: note }));
      await host.advance();
    }
    assert.deepEqual(seen, [[1, 1, 0], [1, 1, 0], [2, 2, 0], [2, 2, 0]]);
  });

  it("onBatchEnd tells why all calls were rejected", async () => {
    const errors: unknown[] = [];
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const onBatchEnd = ({ error, results, failures }: BatchEndEvent) =>
      errors.push([error, results, failures]);
    const batcher = new Batcher(handler, { host, hooks: { onBatchEnd } });
    watched(batcher.run(1));
    await host.advance();
    handler.at(0).fail("broken");
    await host.advance();
    watched(batcher.run(2));
    await host.advance();
    handler.at(1).answer([]);
    await host.advance();
    assert.deepEqual(errors[0], ["broken", 0, 1]);
    assert.ok((errors[1] as unknown[])[0] instanceof BatchResultError);
  });

  it("onLeave is told of each call that left early: why, after what wait, from which batch", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const left: LeaveEvent[] = [];
    const batcher = new Batcher(handler, {
      maxQueue: 1,
      overflow: "drop-oldest",
      host,
      hooks: { onLeave: (event) => left.push(event) },
    });
    const controller = new AbortController();
    const { signal } = controller;
    watched(batcher.run(0, { signal }));
    watched(batcher.run(1, { deadlineMs: 20 }));
    watched(batcher.run(2));
    await host.advance(15);
    controller.abort("gone");
    watched(batcher.run(3));
    await host.advance(1);
    watched(batcher.run(4));
    await host.advance(4);
    batcher.close({ timeoutMs: 10 });
    await host.advance(10);
    assert.deepEqual(
      left.map(({ reason, waitMs, batchId }) => [reason, waitMs, batchId]),
      [
        ["aborted", 0, 1],
        ["dropped", 1, undefined],
        ["expired", 0, 1],
        ["closed", 14, undefined],
        ["closed", 0, 1],
      ],
    );
    assert.equal(left[0]!.error, "gone");
    assert.ok(left.every(({ name }) => name === batcher.name));
  });

  it("A refused call is told of to nobody", async () => {
    const host = new VirtualHost();
    const told: string[] = [];
    const batcher = new Batcher((xs: number[]) => xs, {
      size: 1,
      maxQueue: 0,
      host,
      hooks: {
        onCall: () => told.push("call"),
        onLeave: () => told.push("leave"),
      },
    });
    batcher.run(1);
    watched(batcher.run(2));
    await host.advance();
    assert.deepEqual(told, ["call"]);
  });

  it("Hooks are called as methods of the object that holds them", async () => {
    class Counting implements Hooks {
      #told = 0;
      onCall(): void {
        this.#told++;
      }
      onBatchEnd(): void {
        this.#told += 10;
      }
      told(): number {
        return this.#told;
      }
    }
    const hooks = new Counting();
    const batcher = new Batcher((xs: number[]) => xs, { hooks });
    await batcher.run(1);
    assert.equal(hooks.told(), 11);
    assert.equal(batcher.stats().hookErrors, 0);
  });
});

describe("onSettle", () => {
  it("Hears of the call's batch when that ends", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { maxWaitMs: 10, host });
    const heard: SettleInfo[] = [];
    const onSettle = (info: SettleInfo) => heard.push(info);
    batcher.run(1, { onSettle });
    await host.advance(4);
    batcher.run(2, { onSettle });
    batcher.run(3);
    await host.advance(6 + 30);
    assert.deepEqual(heard, []);
    handler.at(0).finish();
    await host.advance();
    const batch = { batchId: 1, size: 3, reason: "window", runMs: 30 };
    assert.deepEqual(heard, [{ ...batch, waitMs: 10 }, {
      ...batch,
      waitMs: 6,
    }]);
  });

  it("Hears when the batch has failed, too, and of a wrong answer", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const ids: number[] = [];
    const onSettle = ({ batchId }: SettleInfo) => ids.push(batchId);
    watched(batcher.run(1, { onSettle }));
    await host.advance();
    handler.at(0).fail("broken");
    await host.advance();
    watched(batcher.run(2, { onSettle }));
    await host.advance();
    handler.at(1).answer([]);
    await host.advance();
    assert.deepEqual(ids, [1, 2]);
  });

  it("Hears nothing of a batch that its call has left", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const controller = new AbortController();
    const { signal } = controller;
    const onSettle = () => assert.fail("left before");
    const calls = [
      watched(batcher.run(1, { signal, onSettle })),
      watched(batcher.run(2, { deadlineMs: 10, onSettle })),
    ];
    await host.advance();
    controller.abort();
    await host.advance(10);
    handler.at(0).finish();
    await host.advance();
    for (const { state } of calls) assert.equal(state, "rejected");
    assert.equal(batcher.stats().hookErrors, 0);
  });
});
