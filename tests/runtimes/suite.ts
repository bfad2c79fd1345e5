/**
 * What every host must do with real time. Order and counts only: how long anything
 * takes is the machine's business.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";
import { Batcher, DeadlineError, type Host } from "../../mod.ts";
import { recordingHandler } from "../../src/testing.ts";
import { turns } from "../batcher/watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

/** A wait in real time. */
function after(host: Host, ms: number): Promise<void> {
  return new Promise((resolve) => host.timer(resolve, ms));
}

/** Runs the suite on this host. */
export function suite(name: string, host: Host): void {
  describe(`Real time on ${name}`, () => {
    it("Calls of one turn share a batch, those of the next turn the next", async () => {
      const handler = recordingHandler(double);
      const batcher = new Batcher(handler, { host });
      const first = [1, 2, 3].map((x) => batcher.run(x));
      assert.deepEqual(await Promise.all(first), [2, 4, 6]);
      await turns(2);
      assert.equal(await batcher.run(4), 8);
      assert.deepEqual(handler.items, [[1, 2, 3], [4]]);
    });

    it("A window ends by itself, and calls of other turns have joined", async () => {
      const handler = recordingHandler(double);
      const batcher = new Batcher(handler, { maxWaitMs: 1000, host });
      const calls = [];
      for (const x of [1, 2, 3]) {
        calls.push(batcher.run(x));
        await turns(2);
      }
      assert.deepEqual(await Promise.all(calls), [2, 4, 6]);
      assert.deepEqual(handler.items, [[1, 2, 3]]);
      assert.deepEqual(batcher.stats().reasons, { window: 1 });
    });

    it("A full batch does not wait for its window", async () => {
      const batcher = new Batcher(double, {
        size: 2,
        maxWaitMs: 600_000,
        host,
      });
      assert.deepEqual(await Promise.all([1, 2].map((x) => batcher.run(x))), [
        2,
        4,
      ]);
    });

    it("Callers in closed loops meet in every batch", async () => {
      const handler = recordingHandler(async (xs: number[]) => {
        await turns(1);
        return xs;
      });
      const batcher = new Batcher(handler, { size: 64, host });
      const loop = async (client: number) => {
        for (let round = 0; round < 50; round++) await batcher.run(client);
      };
      await Promise.all([1, 2, 3, 4].map(loop));
      assert.deepEqual(handler.items, Array(50).fill([1, 2, 3, 4]));
    });

    it("Deadlines fire by themselves, the nearest first", async () => {
      const never = (_: number[]) => new Promise<number[]>(() => {});
      const batcher = new Batcher(never, { host });
      const order: number[] = [];
      const calls = [120, 10, 60].map((deadlineMs) =>
        assert.rejects(batcher.run(1, { deadlineMs }), (error) => {
          order.push(deadlineMs);
          return error instanceof DeadlineError;
        })
      );
      await Promise.all(calls);
      assert.deepEqual(order, [10, 60, 120]);
    });

    it("An aborted call hears before the others are answered", async () => {
      const order: string[] = [];
      const handler = async (xs: number[]) => {
        await after(host, 30);
        return xs;
      };
      const batcher = new Batcher(handler, { host });
      const signal = AbortSignal.timeout(5);
      await Promise.all([
        batcher.run(1, { signal }).catch(({ name }) => order.push(name)),
        batcher.run(2).then(() => order.push("answered")),
      ]);
      assert.deepEqual(order, ["TimeoutError", "answered"]);
    });

    it("No more batches than slots run at once", async () => {
      let running = 0;
      let most = 0;
      const handler = async (xs: number[]) => {
        most = Math.max(most, ++running);
        await after(host, 1);
        running--;
        return xs;
      };
      const options = { size: 5, concurrency: 3, host };
      const batcher = new Batcher(handler, options);
      const xs = Array.from({ length: 100 }, (_, x) => x);
      assert.deepEqual(await batcher.runMany(xs), xs);
      assert.equal(most, 3);
      assert.equal(batcher.stats().batches, 20);
    });

    it("flush() and close() do not wait for the window", async () => {
      const batcher = new Batcher(double, { maxWaitMs: 600_000, host });
      const first = batcher.run(1);
      await batcher.flush();
      assert.equal(await first, 2);
      const second = batcher.run(2);
      await batcher.close();
      assert.equal(await second, 4);
    });

    it("close({ timeoutMs }) gives up by itself", async () => {
      const never = (_: number[]) => new Promise<number[]>(() => {});
      const batcher = new Batcher(never, { host });
      const call = batcher.run(1).catch(({ name }) => name);
      await batcher.close({ timeoutMs: 5 });
      assert.equal(await call, "ClosedError");
    });

    it("Batches run in nobody's context", async () => {
      const storage = new AsyncLocalStorage<string>();
      const seen: unknown[] = [];
      const batcher = new Batcher((xs: number[]) => {
        seen.push(storage.getStore());
        return xs;
      }, { size: 2, maxWaitMs: 5, host });
      const call = (caller: string) =>
        storage.run(caller, async () => {
          await batcher.run(1);
          return storage.getStore();
        });
      const callers = ["a", "b", "c"];
      assert.deepEqual(await Promise.all(callers.map(call)), callers);
      assert.deepEqual(seen, [undefined, undefined]);
    });
  });
}
