import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, ClosedError } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { Source } from "./source.ts";
import { turns, watched } from "./watched.ts";

const double = (xs: number[]) => xs.map((x) => 2 * x);

describe("R28: runMany()", () => {
  it("Answers in the order of the items", async () => {
    const handler = recordingHandler(double);
    const batcher = new Batcher(handler, { size: 3 });
    assert.deepEqual(await batcher.runMany([1, 2, 3, 4]), [2, 4, 6, 8]);
    assert.deepEqual(handler.items, [[1, 2, 3], [4]]);
  });

  it("Takes any iterable, also an async one", async () => {
    const batcher = new Batcher(double);
    const ten = double(Array.from({ length: 10 }, (_, i) => i));
    const iterables: (Iterable<number> | AsyncIterable<number>)[] = [
      new Source(10).items(),
      new Source(10).slowItems(),
      new Set(Array(10).keys()),
      Float64Array.from(Array(10).keys()),
    ];
    for (const items of iterables) {
      assert.deepEqual(await batcher.runMany(items), ten);
    }
  });

  it("Of no items the answer is empty", async () => {
    const batcher = new Batcher(double);
    assert.deepEqual(await batcher.runMany([]), []);
    assert.deepEqual(await batcher.runMany([], { settled: true }), []);
    assert.equal(batcher.stats().batches, 0);
  });

  it("Rejects with the first error in time, and takes no more items", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      size: 1,
      concurrency: 2,
      maxQueue: 0,
      host,
    });
    const source = new Source(1000);
    const many = watched(batcher.runMany(source.items()));
    await host.advance();
    assert.deepEqual(handler.items, [[0], [1]]);
    handler.at(1).fail("the second");
    handler.at(0).fail("the first");
    await host.advance();
    assert.equal(many.error, "the second");
    assert.ok(source.taken <= 3);
    assert.equal(source.isEnded, true);
  });

  it("Rejects at once, though other calls are pending", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, concurrency: 2, host });
    const many = watched(batcher.runMany([1, 2, 3]));
    await host.advance();
    handler.at(1).fail("broken");
    await host.advance();
    assert.equal(many.error, "broken");
    assert.equal(batcher.pending, 2);
  });

  it("settled answers as Promise.allSettled does, and feeds to the end", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(
      (xs: number[]) => xs.map((x) => x % 2 ? new Error(`odd ${x}`) : x),
      { size: 2, maxQueue: 1, host },
    );
    const many = watched(batcher.runMany([0, 1, 2, 3, 4], { settled: true }));
    await host.advance();
    await host.advance();
    assert.deepEqual(many.value, [
      { status: "fulfilled", value: 0 },
      { status: "rejected", reason: new Error("odd 1") },
      { status: "fulfilled", value: 2 },
      { status: "rejected", reason: new Error("odd 3") },
      { status: "fulfilled", value: 4 },
    ]);
  });

  for (const [kind, settled] of [["Settled", true], ["Not settled", false]]) {
    for (const method of ["items", "slowItems"] as const) {
      it(`${kind} it takes no more of ${method}() when the batcher is closed, or its signal has aborted`, async () => {
        const aborted = new Batcher(double);
        const closed = new Batcher(double);
        await closed.close();
        const cases: [Batcher<number, number>, AbortSignal | undefined][] = [
          [closed, undefined],
          [aborted, AbortSignal.abort("gone")],
        ];
        for (const [batcher, signal] of cases) {
          const source = new Source(1000);
          const call = { signal, settled: settled as true };
          const many = watched(batcher.runMany(source[method](), call));
          await turns(5);
          assert.ok(source.taken <= 2, `${source.taken} were taken`);
          assert.equal(source.isEnded, source.taken > 0);
          const [outcome] = many.value ?? [];
          const reason = settled
            ? (outcome as PromiseRejectedResult).reason
            : many.error;
          assert.equal(reason.name ?? reason, signal ? "gone" : "ClosedError");
        }
      });
    }
  }

  it("Settled it answers all of an array, also when the batcher is closed", async () => {
    const batcher = new Batcher(double);
    await batcher.close();
    const outcomes = await batcher.runMany([1, 2, 3], { settled: true });
    assert.equal(outcomes.length, 3);
    for (const outcome of outcomes) {
      const { reason } = outcome as PromiseRejectedResult;
      assert.ok(reason instanceof ClosedError);
    }
  });

  it("A close ends it: what was taken is answered, and the next item rejects", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { size: 1, maxQueue: 0, host });
    const source = new Source(1000);
    const many = watched(batcher.runMany(source.items(), { settled: true }));
    await host.advance();
    batcher.close();
    handler.at(0).finish();
    await host.advance();
    const [first, second] = many.value!;
    assert.deepEqual(first, { status: "fulfilled", value: 0 });
    assert.equal(second?.status, "rejected");
    assert.deepEqual([many.value!.length, source.taken], [2, 2]);
    assert.equal(source.isEnded, true);
  });

  for (const settled of [true, false]) {
    it(`A hook that closes as it hears of a call does not hide that others follow, settled: ${settled}`, async () => {
      const onCall = () => void batcher.close();
      const batcher: Batcher<number, number> = new Batcher(double, {
        hooks: { onCall },
      });
      const source = new Source(1000);
      const call = { settled: settled as true };
      const many = watched(batcher.runMany(source.items(), call));
      await turns(5);
      const [first, second, ...more] = many.value ?? [];
      const error = settled
        ? (second as PromiseRejectedResult).reason
        : many.error;
      assert.ok(error instanceof ClosedError);
      if (settled) {
        assert.deepEqual([first!.status, more.length], ["fulfilled", 0]);
      }
      assert.deepEqual([source.taken, source.isEnded], [2, true]);
    });
  }

  it("What each call asks for is passed on", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, { host });
    let heard = 0;
    const first = watched(
      batcher.runMany([1, 2], { onSettle: () => heard++ }),
    );
    await host.advance();
    handler.at(0).finish();
    await host.advance();
    assert.deepEqual([first.state, heard], ["fulfilled", 2]);
    const second = watched(batcher.runMany([3], { deadlineMs: 10 }));
    await host.advance(10);
    assert.equal((second.error as Error).name, "DeadlineError");
  });

  it("R16 A signal that has aborted already rejects it, and calls for no item", async () => {
    for (const items of [[1, 2], new Set([1]), new Source(2).slowItems()]) {
      const host = new VirtualHost();
      const batcher = new Batcher(double, { host });
      const signal = AbortSignal.abort("gone");
      const call = watched(batcher.runMany(items, { signal }));
      await host.advance();
      assert.deepEqual([call.state, call.error], ["rejected", "gone"]);
      assert.equal(batcher.stats().calls, 0);
    }
  });

  it("An iterable that throws rejects it with that", async () => {
    const batcher = new Batcher(double);
    const throwing = function* () {
      yield 1;
      throw new RangeError("no more");
    };
    const rejecting = async function* () {
      yield await Promise.resolve(1);
      throw new RangeError("no more");
    };
    for (const items of [throwing(), rejecting()]) {
      await assert.rejects(batcher.runMany(items), { message: "no more" });
    }
    assert.equal(await batcher.run(1), 2);
  });

  it("Nobody hears of the calls that failed after the first", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher((_: number[]): number[] => {
      throw new Error("broken");
    }, { size: 1, host });
    const many = watched(batcher.runMany([1, 2, 3]));
    await host.advance();
    await turns(3);
    assert.equal((many.error as Error).message, "broken");
  });

  it("Takes a string, whose letters are items", async () => {
    const batcher = new Batcher((xs: string[]) => xs);
    assert.deepEqual(await batcher.runMany("abc"), ["a", "b", "c"]);
  });

  it("What is not iterable rejects, also with settled", async () => {
    const batcher = new Batcher(double);
    const wrong = [[undefined, "undefined"], [5, "5"], [{}, "an object"]];
    for (const [items, came] of wrong) {
      for (const settled of [false, true]) {
        await assert.rejects(
          batcher.runMany(items as never, { settled } as never),
          {
            name: "TypeError",
            message:
              `Cannot take the call: "items" must be iterable, got ${came}`,
          },
        );
      }
    }
  });

  it("What is no object asks for nothing: lists may be mapped", async () => {
    const batcher = new Batcher(double);
    const lists = [[1, 2], [3], []];
    const answers = lists.map((xs, index) =>
      batcher.runMany(xs, index as never)
    );
    assert.deepEqual(await Promise.all(answers), [[2, 4], [6], []]);
  });

  it("An AbortSignal in place of { signal } is caught", async () => {
    const batcher = new Batcher(double);
    const { signal } = new AbortController();
    await assert.rejects(batcher.runMany([1], signal as never), {
      name: "TypeError",
      message: /Cannot take the call: unknown option/,
    });
  });
});
