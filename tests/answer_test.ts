import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BatchAnswer,
  BatchResultError,
  done,
  failed,
  one,
  Outcome,
} from "../mod.ts";

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
  ];
  for (const [what, answer, value] of values) {
    it(`Takes ${what}`, async () => {
      assert.deepEqual(await one(answer), value);
    });
  }

  const errors: [string, () => BatchAnswer<unknown>, unknown][] = [
    ["an Error in it", () => [broken], broken],
    ["failed(error) in it", () => [failed("no")], "no"],
    ["failed(undefined) in it", () => [failed(undefined)], undefined],
    ["a promise in it that rejects", () => [Promise.reject(broken)], broken],
    ["failed(error) for all", () => failed("no"), "no"],
    ["a promise that rejects", () => Promise.reject(broken), broken],
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
