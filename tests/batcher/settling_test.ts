import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runInNewContext } from "node:vm";
import {
  type BatchAnswer,
  Batcher,
  BatchResultError,
  done,
  failed,
} from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { seenOf, type Watched, watched } from "./watched.ts";

/** What three calls with the items 0, 1, 2 hear of this answer. */
async function seenFor(
  answer: () => unknown,
): Promise<{ calls: Watched<unknown>[]; batcher: Batcher<number, unknown> }> {
  const host = new VirtualHost();
  const handler = () => answer() as BatchAnswer<unknown>;
  const batcher = new Batcher<number, unknown>(handler, { host });
  const calls = [0, 1, 2].map((x) => watched(batcher.run(x)));
  await host.advance();
  return { calls, batcher };
}

describe("R10: what a handler may answer", () => {
  const broken = new Error("broken");
  const answers: [string, () => unknown, unknown[]][] = [
    ["an array", () => ["a", "b", "c"], ["a", "b", "c"]],
    ["a promise of an array", () => Promise.resolve([1, 2, 3]), [1, 2, 3]],
    [
      "a promise that is a function, as those of RPC on workerd are",
      () => {
        const promise = Promise.resolve([1, 2, 3]);
        return Object.assign(() => {}, { then: promise.then.bind(promise) });
      },
      [1, 2, 3],
    ],
    ["a frozen array", () => Object.freeze([1, 2, 3]), [1, 2, 3]],
    ["an array with gaps", () => new Array(3), Array(3).fill(undefined)],
    [
      "values that look like nothing",
      () => [undefined, null, NaN],
      [undefined, null, NaN],
    ],
    ["arrays as results", () => [[1], [], [[2]]], [[1], [], [[2]]]],
    ["an Error for one", () => [1, broken, 3], [1, broken, 3]],
    ["an Error for all", () => broken, [broken, broken, broken]],
    ["done() for all", () => done(), Array(3).fill(undefined)],
    ["done(value) for all", () => done("x"), ["x", "x", "x"]],
    ["failed(error) for all", () => failed("no"), ["no", "no", "no"]],
    ["a promise of done()", () => Promise.resolve(done(1)), [1, 1, 1]],
    ["done and failed", () => [done(1), failed("no"), 3], [1, "no", 3]],
    ["done(error)", () => [done(broken), 2, 3], [broken, 2, 3]],
    [
      "promises",
      () => [Promise.resolve(1), Promise.reject(broken), 3],
      [1, broken, 3],
    ],
    [
      "promises of outcomes",
      () => [done(1), Promise.resolve(failed("no")), Promise.resolve(broken)],
      [1, "no", broken],
    ],
    [
      "a promise that is none of ours",
      () => ({ then: (tell: (xs: unknown[]) => void) => tell([1, 2, 3]) }),
      [1, 2, 3],
    ],
  ];
  for (const [what, answer, outcomes] of answers) {
    it(`A handler may answer ${what}`, async () => {
      const { calls } = await seenFor(answer);
      assert.deepEqual(seenOf(calls), outcomes);
    });
  }

  it("Only the calls whose outcome is a failure reject", async () => {
    const { calls } = await seenFor(() => [broken, failed(1), done(broken)]);
    assert.deepEqual(calls.map(({ state }) => state), [
      "rejected",
      "rejected",
      "fulfilled",
    ]);
  });

  it("An error of another realm rejects its call, where the runtime can tell that it is one", async () => {
    const foreign: unknown = runInNewContext("new RangeError('there')");
    const { isError } = Error as { isError?: (value: unknown) => boolean };
    const isKnown = foreign instanceof Error || isError?.(foreign);
    const { calls, batcher } = await seenFor(() => [0, foreign, 2]);
    assert.deepEqual(seenOf(calls), [0, foreign, 2]);
    assert.equal(calls[1]!.state, isKnown ? "rejected" : "fulfilled");
    assert.equal(batcher.stats().failures, isKnown ? 1 : 0);
    const all = await seenFor(() => foreign);
    for (const { error } of all.calls) {
      if (isKnown) assert.equal(error, foreign);
      else assert.ok(error instanceof BatchResultError);
    }
  });

  it("failed(undefined) rejects with undefined", async () => {
    const { calls } = await seenFor(() => [failed(undefined), 2, 3]);
    assert.equal(calls[0]!.state, "rejected");
    assert.equal(calls[0]!.error, undefined);
  });

  it("A result comes back as the very object that the handler answered", async () => {
    const results = [{}, [], () => {}];
    const { calls } = await seenFor(() => results);
    calls.forEach(({ value }, i) => assert.equal(value, results[i]));
  });

  it("A handler without promises is as good as an async one", async () => {
    const batcher = new Batcher((xs: number[]) => xs);
    assert.deepEqual(await Promise.all([1, 2].map((x) => batcher.run(x))), [
      1,
      2,
    ]);
  });

  it("A handler may answer an array of a class of its own", async () => {
    class Rows extends Array<number> {
      constructor(source: { rows: readonly number[] }) {
        super();
        for (const row of source.rows) this.push(row);
      }
    }
    const rows = new Rows({ rows: [1, 2, 3] });
    const { calls } = await seenFor(() => rows);
    assert.deepEqual(seenOf(calls), [1, 2, 3]);
  });
});

describe("R12: any other answer", () => {
  function* generate() {
    yield* [1, 2, 3];
  }
  const answers: [string, unknown, RegExp][] = [
    ["undefined", undefined, /answered undefined.*done\(\)/],
    ["null", null, /answered null/],
    ["a string of the same length", "abc", /answered a string/],
    ["a number", 3, /answered a number/],
    ["a boolean", true, /answered a boolean/],
    ["a function", () => [1, 2, 3], /answered a function/],
    ["an object", { 0: "a", 1: "b", 2: "c", length: 3 }, /answered an object/],
    ["a Map", new Map([[0, 1], [1, 2], [2, 3]]), /an object of class Map,/],
    ["a Set", new Set([1, 2, 3]), /answered an object of class Set,/],
    ["a typed array", new Float64Array(3), /an object of class Float64Array,/],
    ["a generator", generate(), /answered an object/],
    ["an object without prototype", Object.create(null), /answered an object/],
    ["nothing at all for anybody", [], /0 items for 3 items/],
    ["one too few", ["secret", "secret"], /2 items for 3 items/],
    ["one too many", Array(4).fill("secret"), /4 items for 3 items/],
  ];
  for (const [what, answer, message] of answers) {
    it(`An answer that is ${what} rejects every call of the batch`, async () => {
      const { calls } = await seenFor(() => answer);
      for (const { state, error } of calls) {
        assert.equal(state, "rejected");
        assert.ok(error instanceof BatchResultError);
        assert.equal(error.expected, 3);
        assert.match(error.message, message);
        assert.match(error.message, /3 items/);
        assert.doesNotMatch(error.message, /secret|abc/);
      }
    });
  }

  it("BatchResultError names both numbers", async () => {
    const { calls } = await seenFor(() => [1]);
    const error = calls[0]!.error as BatchResultError;
    assert.deepEqual([error.expected, error.received], [3, 1]);
    const none = await seenFor(() => undefined);
    const misfit = none.calls[0]!.error as BatchResultError;
    assert.deepEqual([misfit.expected, misfit.received], [3, undefined]);
  });

  it("Only undefined is told of done()", async () => {
    const { calls } = await seenFor(() => null);
    assert.doesNotMatch(String(calls[0]!.error), /done/);
  });

  it("A promise of a wrong answer is a wrong answer", async () => {
    const { calls } = await seenFor(() => Promise.resolve(undefined));
    for (const { error } of calls) assert.ok(error instanceof BatchResultError);
  });

  it("The batcher works on after a wrong answer", async () => {
    const answers: unknown[] = [undefined, [1]];
    const batcher = new Batcher<number, unknown>(() =>
      answers.shift() as unknown[]
    );
    await assert.rejects(batcher.run(1), BatchResultError);
    assert.equal(await batcher.run(1), 1);
  });
});

describe("R13: a handler that fails", () => {
  for (const error of [new TypeError("x"), "text", undefined, null, { a: 1 }]) {
    it(`A handler that rejects with ${typeof error} ${error} rejects all its calls with that`, async () => {
      const { calls } = await seenFor(() => Promise.reject(error));
      for (const call of calls) {
        assert.equal(call.state, "rejected");
        assert.equal(call.error, error);
      }
    });

    it(`A handler that throws ${typeof error} ${error} rejects all its calls with that`, async () => {
      const { calls } = await seenFor(() => {
        throw error;
      });
      for (const call of calls) {
        assert.equal(call.state, "rejected");
        assert.equal(call.error, error);
      }
    });
  }

  it("A rejection that is a promise-like object is not unwrapped", async () => {
    const error = { then: () => assert.fail("Nobody waits for this") };
    const { calls } = await seenFor(() => Promise.reject(error));
    for (const call of calls) assert.equal(call.error, error);
  });

  it("One batch's failure is not the next one's", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, host });
    const calls = [1, 2].map((x) => watched(batcher.run(x)));
    await host.advance();
    handler.at(0).fail("broken");
    await host.advance();
    handler.at(1).finish();
    await host.advance();
    assert.deepEqual(seenOf(calls), ["broken", 2]);
  });
});
