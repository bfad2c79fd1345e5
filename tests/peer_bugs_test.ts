/** What goes wrong with other batchers in TypeScript, one by one, and does not here. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { type BatchAnswer, Batcher, BatchResultError } from "../mod.ts";
import { recordingHandler, VirtualHost } from "../src/testing.ts";
import { seenOf, turns, watched } from "./batcher/watched.ts";

/** What three callers of a batch hear, and what nobody caught. */
async function heard(answer: (xs: number[]) => unknown) {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  try {
    const handler = (xs: number[]) => answer(xs) as BatchAnswer<number>;
    const batcher = new Batcher(handler, { size: 3, maxWaitMs: 60_000 });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await turns(4);
    return { calls, uncaught };
  } finally {
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
  }
}

describe("Bugs of our peers that we do not have", () => {
  it("A batch function that rejects rejects all calls, and nothing is left unhandled", async () => {
    const error = new Error("broken");
    const { calls, uncaught } = await heard(() => Promise.reject(error));
    for (const call of calls) {
      assert.equal(call.state, "rejected");
      assert.equal(call.error, error);
    }
    assert.deepEqual(uncaught, []);
  });

  it("A batch function that throws synchronously rejects all calls: none hangs, no caller is thrown at, nothing is uncaught", async () => {
    const error = new Error("thrown");
    const { calls, uncaught } = await heard(() => {
      throw error;
    });
    for (const call of calls) {
      assert.equal(call.state, "rejected");
      assert.equal(call.error, error);
    }
    assert.deepEqual(uncaught, []);
  });

  it("An answer that is one short rejects all calls: none hangs, none gets undefined or a neighbour's result", async () => {
    const { calls, uncaught } = await heard((xs) => xs.slice(1));
    for (const { state, error } of calls) {
      assert.equal(state, "rejected");
      assert.ok(error instanceof BatchResultError);
    }
    assert.deepEqual(uncaught, []);
  });

  it("An Error in the answer rejects that call: it is no value, and touches no other", async () => {
    const error = new Error("two");
    const { calls, uncaught } = await heard(([x, , z]) => [x, error, z]);
    assert.deepEqual(calls.map(({ state }) => state), [
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    assert.deepEqual(seenOf(calls), [1, error, 3]);
    assert.deepEqual(uncaught, []);
  });

  it("A full batch leaves at once, though its window of 120 ms has just begun", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler((xs: number[]) => xs);
    const options = { size: 3, maxWaitMs: 120, host };
    const batcher = new Batcher(handler, options);
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, 2, 3]);
    assert.equal(host.now(), 0);
  });

  it("The first item of a steady trickle waits for its window of 20 ms and not for the trickle's end", async () => {
    const host = new VirtualHost();
    const waits: number[] = [];
    const handler = recordingHandler((xs: number[]) => xs);
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    for (let time = 0; time < 200; time += 5) {
      batcher.run(time).then(() => waits.push(host.now() - time));
      await host.advance(5);
    }
    assert.equal(Math.max(...waits), 20);
    assert.deepEqual(handler.items[0], [0, 5, 10, 15]);
  });

  it("No timer is ever armed for the past", async () => {
    class WatchedHost extends VirtualHost {
      least = Infinity;
      override timer(run: () => void, ms: number) {
        this.least = Math.min(this.least, ms);
        return super.timer(run, ms);
      }
    }
    const host = new WatchedHost();
    const handler = async (xs: number[]) => {
      await new Promise<void>((resolve) => host.timer(resolve, 33));
      return xs;
    };
    const batcher = new Batcher(handler, { maxWaitMs: 20, host });
    for (let time = 0; time < 300; time += 7) {
      watched(batcher.run(time, { deadlineMs: 50 }));
      await host.advance(7);
    }
    await host.advance(100);
    assert.ok(host.least > 0, `${host.least} ms`);
  });
});
