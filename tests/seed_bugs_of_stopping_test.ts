/** Bugs of stopping that other batchers were seen to have, and that we do not have. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../mod.ts";
import { VirtualHost } from "../src/testing.ts";
import { heldHandler } from "./batcher/held_handler.ts";
import { seenOf, turns, watched } from "./batcher/watched.ts";

const echo = (xs: number[]) => xs;

describe("Bugs of stopping that we do not have", () => {
  it("22: an idle batcher stops within the turn", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(echo, { maxWaitMs: 1000, host });
    watched(batcher.run(1));
    await host.advance(1000);
    const closed = watched(batcher.close());
    await turns(1);
    assert.equal(closed.state, "fulfilled");
  });

  it("22: a stop does not return while a batch still runs", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    const call = watched(batcher.run(1));
    await host.advance();
    const closed = watched(batcher.close());
    await host.advance(60_000);
    assert.equal(closed.state, "pending");
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual(seenOf([call, closed]), [1, undefined]);
  });

  for (const timeoutMs of [0, 50]) {
    it(`22: a stop by force after ${timeoutMs} ms hangs no caller, waiting or running, before or after`, async () => {
      const host = new VirtualHost();
      const handler = heldHandler((x: number) => x);
      const batcher = new Batcher(handler, { size: 2, host });
      const calls = [1, 2, 3, 4, 5].map((x) => watched(batcher.run(x)));
      await host.advance();
      const closed = watched(batcher.close({ timeoutMs }));
      await host.advance(timeoutMs);
      calls.push(watched(batcher.run(6)), watched(batcher.run(7, {})));
      await host.advance();
      for (const { error } of calls) {
        assert.equal((error as Error).name, "ClosedError");
      }
      assert.equal(closed.state, "fulfilled");
    });
  }

  it("22: a half-filled batch is not dropped by a stop", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(echo, { size: 10, maxWaitMs: 1000, host });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance(1);
    batcher.close();
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2, 3]);
  });

  it("24: a batcher outlives the context that used it first", async () => {
    const batcher = new Batcher(echo);
    const first = await batcher.run(1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const second = await new Promise<number>((resolve) => {
      setTimeout(() => batcher.run(2).then(resolve), 0);
    });
    assert.deepEqual([first, second], [1, 2]);
  });

  it("25: while nothing waits nothing ticks", async () => {
    let reads = 0;
    class WatchedHost extends VirtualHost {
      override now() {
        reads++;
        return super.now();
      }
    }
    const host = new WatchedHost();
    const batcher = new Batcher(echo, { maxWaitMs: 10, host });
    batcher.run(1);
    await host.advance(10);
    reads = 0;
    await host.advance(1e6);
    assert.deepEqual([reads, host.timers], [0, 0]);
  });
});
