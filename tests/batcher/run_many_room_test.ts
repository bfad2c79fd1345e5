import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, ClosedError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { Source } from "./source.ts";
import { seenOf, turns, watched } from "./watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

describe("R28: runMany() and room", () => {
  for (const kind of ["items", "slowItems"] as const) {
    it(`Feeds ${kind} as room permits`, async () => {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, { size: 2, maxQueue: 3, host });
      const source = new Source(12);
      const many = watched(batcher.runMany(source[kind]()));
      await host.advance();
      await turns(3);
      // 2 run, 3 wait, and one that was taken waits for room.
      assert.ok(source.taken <= 2 + 3 + 1 + 2, `${source.taken} are taken`);
      assert.ok(batcher.pending <= 5, `${batcher.pending} are pending`);
      for (let batch = 0; many.state === "pending"; batch++) {
        handler.at(batch).finish();
        await host.advance();
        await turns(2);
        assert.ok(batcher.pending <= 5, `${batcher.pending} are pending`);
      }
      assert.deepEqual(many.value, Array.from(Array(12).keys()));
      assert.equal(batcher.stats().refused, 0);
    });
  }

  it("An abort rejects it with the signal's reason, and no more items are taken", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const source = new Source(1000);
    const controller = new AbortController();
    const { signal } = controller;
    const many = watched(batcher.runMany(source.items(), { signal }));
    await host.advance();
    controller.abort("gone");
    await host.advance();
    assert.equal(many.error, "gone");
    assert.ok(source.taken <= 3);
    assert.equal(source.isEnded, true);
    assert.equal(batcher.pending, 0);
  });

  it("With settled an abort rejects every call that is left", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const controller = new AbortController();
    const { signal } = controller;
    const many = watched(
      batcher.runMany([1, 2, 3], { signal, settled: true }),
    );
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    controller.abort("gone");
    await host.advance();
    assert.deepEqual(many.value, [
      { status: "fulfilled", value: 1 },
      { status: "rejected", reason: "gone" },
      { status: "rejected", reason: "gone" },
    ]);
  });

  it("close() rejects what it could not feed", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const source = new Source(10);
    const many = watched(batcher.runMany(source.items()));
    await host.advance();
    const closed = watched(batcher.close());
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.ok(many.error instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
    assert.deepEqual(handler.items, [[0]]);
  });
});
