/**
 * What a batcher takes it gives back: no timer, no operation is left when it is
 * closed, or idle. Deno watches that for `Deno.test` alone, when asked to.
 */
import assert from "node:assert/strict";
import {
  Batched,
  Batcher,
  type BatcherOptions,
  closeAll,
  DeadlineError,
  one,
} from "../../mod.ts";

/** No test takes so long: a timer that long is either taken away or leaked. */
const LONG_MS = 3_600_000;

function leakTest(name: string, run: () => Promise<void>): void {
  Deno.test({ name, fn: run, sanitizeOps: true, sanitizeResources: true });
}

function doubler(options: BatcherOptions<number>): Batcher<number, number> {
  return new Batcher((items) => items.map((item) => 2 * item), options);
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

leakTest(
  "Batcher.close() takes the timer of a waiting batch away",
  async () => {
    const batcher = doubler({ maxWaitMs: LONG_MS });
    const answer = batcher.run(1);
    await endOfTurn();
    await batcher.close();
    assert.equal(await answer, 2);
  },
);

leakTest("await using takes the timer away", async () => {
  const answers: Promise<number>[] = [];
  {
    await using batcher = doubler({ maxWaitMs: LONG_MS });
    answers.push(batcher.run(1), batcher.run(2));
    await endOfTurn();
  }
  assert.deepEqual(await Promise.all(answers), [2, 4]);
});

leakTest(
  "Batcher.close() that ends early takes its own timer away",
  async () => {
    const batcher = doubler({ maxWaitMs: LONG_MS });
    const answer = batcher.run(1);
    await batcher.close({ timeoutMs: LONG_MS });
    assert.equal(await answer, 2);
  },
);

leakTest(
  "Batcher.close() that runs out leaves nothing of the batch",
  async () => {
    const batcher = new Batcher((_: number[]) =>
      new Promise<number[]>(() => {})
    );
    const answer = batcher.run(1);
    await endOfTurn();
    await batcher.close({ timeoutMs: 1 });
    await assert.rejects(answer, { name: "ClosedError" });
  },
);

leakTest("An idle batcher has no timer, though nobody closes it", async () => {
  const batcher = doubler({ maxWaitMs: LONG_MS, size: 2 });
  const first = batcher.run(1);
  await endOfTurn();
  const second = batcher.run(2);
  assert.deepEqual(await Promise.all([first, second]), [2, 4]);
  await endOfTurn();
});

leakTest("A batcher whose only call was aborted has no timer", async () => {
  const batcher = doubler({ maxWaitMs: LONG_MS });
  const controller = new AbortController();
  const answer = batcher.run(1, { signal: controller.signal });
  await endOfTurn();
  controller.abort(new Error("left"));
  await assert.rejects(answer, /left/);
  await endOfTurn();
});

leakTest("A deadline that was met has no timer", async () => {
  const batcher = doubler({ maxWaitMs: 0 });
  assert.equal(await batcher.run(1, { deadlineMs: LONG_MS }), 2);
  await endOfTurn();
});

leakTest("A deadline that was missed has no timer", async () => {
  const batcher = new Batcher((_: number[]) => new Promise<number[]>(() => {}));
  const answer = batcher.run(1, { deadlineMs: 1 });
  await assert.rejects(answer, DeadlineError);
  await batcher.close({ timeoutMs: 0 });
});

leakTest("Batcher.ready() that was refused leaves nothing", async () => {
  const batcher = new Batcher(
    (_: number[]) => new Promise<number[]>(() => {}),
    { maxQueue: 0, size: 1 },
  );
  const answer = batcher.run(1);
  await endOfTurn();
  const ready = batcher.ready();
  await Promise.all([
    batcher.close({ timeoutMs: 0 }),
    assert.rejects(ready, { name: "ClosedError" }),
    assert.rejects(answer, { name: "ClosedError" }),
  ]);
});

leakTest("closeAll() takes the timers of decorated methods away", async () => {
  class Doubler {
    @Batched({ maxWaitMs: LONG_MS })
    double(item: number): Promise<number> {
      return one(this.doubleBatch([item]));
    }
    doubleBatch(items: number[]): number[] {
      return items.map((item) => 2 * item);
    }
  }
  const doubler = new Doubler();
  const answer = doubler.double(1);
  await endOfTurn();
  await closeAll(doubler);
  assert.equal(await answer, 2);
});
