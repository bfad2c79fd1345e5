import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BatchAnswer,
  BatchResultError,
  done,
  failed,
  one,
  Outcome,
  retryLater,
} from "../mod.ts";

/** Yields what it is given, and throws what is an Error. */
async function* stream(...steps: unknown[]): AsyncGenerator<never> {
  for (const step of steps) {
    if (step instanceof Error) throw step;
    yield step as never;
  }
}

describe("done() and failed()", () => {
  it("done() says that an item succeeded, with a value or without", () => {
    assert.deepEqual({ ...done(1) }, { ok: true, value: 1, error: undefined });
    assert.equal(done().value, undefined);
    assert.ok(done() instanceof Outcome);
  });

  it("failed() says that an item failed, with anything", () => {
    const error = new Error("no");
    const { ok, value, error: kept } = failed(error);
    assert.deepEqual([ok, value], [false, undefined]);
    assert.equal(kept, error);
    assert.equal(failed("text").error, "text");
  });
});

describe("one(): the answer of a batch of one", () => {
  const broken = new Error("broken");
  const values: [string, BatchAnswer<unknown>, unknown][] = [
    ["an array of one", [42], 42],
    ["a promise of it", Promise.resolve([42]), 42],
    ["a promise in it", [Promise.resolve(42)], 42],
    ["done(value) in it", [done(42)], 42],
    ["a promise of done(value) in it", [Promise.resolve(done(42))], 42],
    ["done(value) for all", done(42), 42],
    ["done() for all", Promise.resolve(done()), undefined],
    ["an array as the result", [[1, 2]], [1, 2]],
    ["undefined as the result", [undefined], undefined],
    ["an error as the result, by done()", [done(broken)], broken],
    ["a stream", stream([0, 42]), 42],
    ["a promise of a stream", Promise.resolve(stream([0, 42])), 42],
    ["a promise in a stream", stream([0, Promise.resolve(done(42))]), 42],
    ["a stream that breaks after its result", stream([0, 42], broken), 42],
  ];
  for (const [what, answer, value] of values) {
    it(`Takes ${what}`, async () => {
      assert.deepEqual(await one(answer), value);
    });
  }

  const later = retryLater({ afterMs: 5, cause: "busy" });
  const retries: [string, BatchAnswer<unknown>][] = [
    ["in an array", [later]],
    ["for all", Promise.resolve(later)],
    ["promised", [Promise.resolve(later)]],
    ["in a stream", stream([0, later])],
  ];
  for (const [what, answer] of retries) {
    it(`Passes retryLater() ${what} through, for the batcher to see`, async () => {
      assert.equal(await one(answer), later);
    });
  }

  const errors: [string, () => BatchAnswer<unknown>, unknown][] = [
    ["an Error in it", () => [broken], broken],
    ["failed(error) in it", () => [failed("no")], "no"],
    ["failed(undefined) in it", () => [failed(undefined)], undefined],
    ["a promise in it that rejects", () => [Promise.reject(broken)], broken],
    ["failed(error) for all", () => failed("no"), "no"],
    ["a promise that rejects", () => Promise.reject(broken), broken],
    ["a stream that breaks", () => stream(broken), broken],
    ["an Error in a stream", () => stream([0, broken]), broken],
    [
      "a promise that rejects in a stream",
      () => stream([0, Promise.reject(broken)]),
      broken,
    ],
  ];
  for (const [what, answer, error] of errors) {
    it(`Rejects for ${what}, with that very error`, async () => {
      const [result] = await Promise.allSettled([one(answer())]);
      assert.deepEqual(result, { status: "rejected", reason: error });
    });
  }

  const misfits: unknown[] = [undefined, null, "a", 1, {}, new Set([1]), []];
  for (const answer of [...misfits, [1, 2], new Map([[0, 1]])]) {
    it(`Rejects an answer that is none: ${JSON.stringify(answer)}`, async () => {
      await assert.rejects(
        one(answer as never),
        (error) => error instanceof BatchResultError && error.expected === 1,
      );
    });
  }

  for (const steps of [[], [[1, 42]], [[1, 42], [0, 7]], [42], [[]]]) {
    it(`Rejects a stream that says nothing of its item: ${JSON.stringify(steps)}`, async () => {
      await assert.rejects(one(stream(...steps)), BatchResultError);
    });
  }

  it("Takes the first of two results that a stream has for its item", async () => {
    assert.equal(await one(stream([0, 1], [0, 2])), 1);
  });

  it("Waits for a stream to clean up", async () => {
    const order: string[] = [];
    async function* cleaning() {
      try {
        yield [0, 42] as const;
      } finally {
        await undefined;
        order.push("cleaned up");
      }
    }
    await one(cleaning());
    order.push("heard");
    assert.deepEqual(order, ["cleaned up", "heard"]);
  });

  it("Silences the promises of an answer that is too long", async () => {
    const answer = [Promise.reject(1), Promise.reject(2)];
    await assert.rejects(one(answer), BatchResultError);
  });

  it("Never throws: a twin without promises that is wrong rejects", () => {
    const answer = one(undefined as never);
    assert.ok(answer instanceof Promise);
    return assert.rejects(answer, BatchResultError);
  });
});
