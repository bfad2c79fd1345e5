import { FakeTime } from "@std/testing/time";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batched } from "../mod.ts";
import { turns, watched } from "./batcher/watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

describe("The default host under FakeTime", () => {
  /** Runs a test on a fake clock. */
  async function faked(test: (time: FakeTime) => Promise<void>) {
    const time = new FakeTime();
    try {
      await test(time);
    } finally {
      time.restore();
    }
  }

  /** Moves the fake clock, and lets everything happen that follows. */
  async function tick(time: FakeTime, ms: number) {
    await time.tickAsync(ms);
    await turns(2);
  }

  const never = (_: number[]) => new Promise<number[]>(() => {});

  it("A window ends when the fake clock has passed it, and not before", () =>
    faked(async (time) => {
      const fn = batched(double, { maxWaitMs: 60_000 });
      const answer = watched(fn(21));
      await tick(time, 50_000);
      assert.equal(answer.state, "pending");
      await tick(time, 10_000);
      assert.equal(answer.value, 42);
    }));

  it("One window after another ends on the fake clock", () =>
    faked(async (time) => {
      const fn = batched(double, { maxWaitMs: 60_000 });
      for (const x of [1, 2, 3]) {
        const answer = watched(fn(x));
        await tick(time, 60_000);
        assert.equal(answer.value, 2 * x);
      }
    }));

  it("A window of a few ms ends, too, however fast the test is", () =>
    faked(async (time) => {
      const { now } = performance;
      const standing = performance.now();
      performance.now = () => standing;
      try {
        for (const maxWaitMs of [1, 2, 3, 2]) {
          const answer = watched(batched(double, { maxWaitMs })(21));
          await turns(1);
          await tick(time, maxWaitMs);
          assert.equal(answer.value, 42);
        }
      } finally {
        performance.now = now;
      }
    }));

  it("A clock of the runtime that is faked with its timers may begin anew", () =>
    faked(async (time) => {
      const { now } = performance;
      const began = time.now;
      const fn = batched(double, { maxWaitMs: 50 });
      const rateLimit = { batches: 1, perMs: 50 };
      const limited = batched(double, { maxWaitMs: 0, rateLimit });
      const before = [fn(1), limited(1)].map((answer) => watched(answer));
      await tick(time, 0);
      try {
        // As Jest, Vitest and sinon do.
        performance.now = () => time.now - began - 100_000;
        const calls = [fn(2), limited(2)].map((answer) => watched(answer));
        await tick(time, 0);
        await tick(time, 51);
        assert.deepEqual([...before, ...calls].map(({ value }) => value), [
          ...[2, 2],
          ...[4, 4],
        ]);
      } finally {
        performance.now = now;
      }
    }));

  it("A deadline fires on the fake clock, in steps", () =>
    faked(async (time) => {
      const call = watched(batched(never)(1, { deadlineMs: 60_000 }));
      for (const _ of [1, 2, 3]) {
        await tick(time, 15_000);
        assert.equal(call.state, "pending");
      }
      await tick(time, 15_000);
      assert.equal((call.error as Error).name, "DeadlineError");
    }));

  it("A deadline fires on the fake clock, in one step", () =>
    faked(async (time) => {
      const call = watched(batched(never)(1, { deadlineMs: 60_000 }));
      await tick(time, 60_000);
      assert.equal((call.error as Error | undefined)?.name, "DeadlineError");
    }));

  it("A batcher works on before the fake clock, on it, and after it", async () => {
    const fn = batched(double, { maxWaitMs: 60_000 });
    const before = watched(fn(1));
    await fn.batcher.flush();
    await faked(async (time) => {
      const during = watched(fn(2));
      await tick(time, 60_000);
      assert.equal(during.value, 4);
    });
    const after = watched(fn(3));
    await fn.batcher.close();
    await turns(1);
    assert.deepEqual([before.value, after.value], [2, 6]);
  });
});
