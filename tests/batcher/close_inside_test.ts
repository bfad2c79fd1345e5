import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, ClosedError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, watched } from "./watched.ts";

describe("R20: close() from inside the handler", () => {
  /** Closes itself from inside the batch that has the item 1. */
  function selfClosing(options?: { timeoutMs: number }) {
    const host = new VirtualHost();
    const seen: number[][] = [];
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      seen.push([...xs]);
      if (xs.includes(1)) await batcher.close(options);
      return xs;
    }, { size: 2, maxWaitMs: 1e6, host });
    return { host, seen, batcher };
  }

  it("Does not wait for the batch that it runs in", async () => {
    const { host, batcher } = selfClosing();
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2]);
    assert.equal(batcher.closed, true);
  });

  it("What waits leaves with a slot of its own and is answered", async () => {
    const { host, seen, batcher } = selfClosing();
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seen, [[1, 2], [3]]);
    assert.deepEqual(seenOf(calls), [1, 2, 3]);
  });

  it("Its promise is its own; those outside share the one of all", async () => {
    const host = new VirtualHost();
    let inside: Promise<void> | undefined;
    const handler = heldHandler((x: number) => x);
    const batcher: Batcher<number, number> = new Batcher((xs, batch) => {
      inside = batcher.close();
      return handler(xs, batch);
    }, { host });
    batcher.run(1);
    await host.advance();
    const outside = batcher.close();
    assert.notEqual(inside, outside);
    const seen = [watched(inside!), watched(outside)];
    await host.advance();
    assert.deepEqual(seen.map(({ state }) => state), ["fulfilled", "pending"]);
    handler.at(0).finish();
    await host.advance();
    assert.equal(seen[1]!.state, "fulfilled");
  });

  it("A time limit given there counts for all", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<number, number> = new Batcher((_) => {
      batcher.close({ timeoutMs: 50 });
      return new Promise(() => {});
    }, { host });
    const call = watched(batcher.run(1));
    await host.advance(49);
    assert.equal(call.state, "pending");
    await host.advance(1);
    assert.ok(call.error instanceof ClosedError);
  });

  it("A call that the closing handler makes is refused, and not waited for", async () => {
    const host = new VirtualHost();
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      batcher.close();
      await batcher.run(2);
      return xs;
    }, { host });
    const call = watched(batcher.run(1));
    const closed = watched(
      host.advance().then(() => batcher.close()),
    );
    await host.advance();
    await host.advance();
    assert.ok(call.error instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
  });
});
