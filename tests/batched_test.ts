import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batched, Batcher, ClosedError, done } from "../mod.ts";
import { recordingHandler } from "../src/testing.ts";

describe("batched()", () => {
  it("Calls of the function travel in batches", async () => {
    const handler = recordingHandler((xs: number[]) => xs.map((x) => 2 * x));
    const double = batched(handler, { size: 2 });
    assert.deepEqual(await Promise.all([double(1), double(2), double(3)]), [
      2,
      4,
      6,
    ]);
    assert.deepEqual(handler.items, [[1, 2], [3]]);
  });

  it("Its batcher is a Batcher with these options", async () => {
    const echo = batched((xs: number[]) => xs, { name: "echo" });
    assert.ok(echo.batcher instanceof Batcher);
    assert.equal(echo.batcher.name, "echo");
    await echo(1);
    assert.equal(echo.batcher.stats().calls, 1);
  });

  it("It has the name of its batcher, for stacks and logs", () => {
    const double = (xs: number[]) => xs.map((x) => 2 * x);
    assert.equal(batched(double).name, "double");
    assert.equal(batched(double, { name: "twice" }).name, "twice");
  });

  it("xs.map(fn) works: the index asks for nothing", async () => {
    const echo = batched((xs: string[]) => xs);
    assert.deepEqual(await Promise.all(["a", "b"].map(echo)), ["a", "b"]);
  });

  it("A call takes a signal and a deadline", async () => {
    const never = batched((_: number[]) => new Promise<number[]>(() => {}));
    const signal = AbortSignal.abort("gone");
    const [settled] = await Promise.allSettled([never(1, { signal })]);
    assert.deepEqual(settled, { status: "rejected", reason: "gone" });
  });

  it("It needs no this", async () => {
    const { echo } = { echo: batched((xs: number[]) => xs) };
    assert.equal(await echo(1), 1);
  });

  it("Two functions have nothing in common", async () => {
    const handler = recordingHandler((xs: number[]) => xs);
    const [one, two] = [batched(handler), batched(handler)];
    await Promise.all([one(1), two(2)]);
    assert.deepEqual(handler.items, [[1], [2]]);
    await one.batcher.close();
    assert.equal(await two(3), 3);
  });

  it("await using closes it", async () => {
    const rows: number[] = [];
    let outside;
    {
      await using write = batched((batch: number[]) => {
        rows.push(...batch);
        return done();
      }, { maxWaitMs: 60_000 });
      write(1);
      outside = write;
    }
    assert.deepEqual(rows, [1]);
    await assert.rejects(outside(2), ClosedError);
  });

  it("Wrong use throws at once", () => {
    assert.throws(() => batched(5 as never), {
      name: "TypeError",
      message: /"handler" must be a function/,
    });
    assert.throws(() => batched((xs: number[]) => xs, { size: 0 }), RangeError);
  });
});
