import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { Batcher, type Hooks, natural, type Policy } from "../../mod.ts";
import { recordingHandler, VirtualHost } from "../../src/testing.ts";
import { seenOf, turns, watched } from "./watched.ts";

const HOOKS = ["onCall", "onBatchStart", "onBatchEnd", "onLeave"] as const;

/** What happens with these hooks to two calls that are served and one that leaves. */
async function served(hooks: Hooks, onSettle?: () => void) {
  const host = new VirtualHost();
  const batcher = new Batcher((xs: number[]) => xs, {
    maxWaitMs: 5,
    host,
    hooks,
  });
  const controller = new AbortController();
  const calls = [
    watched(batcher.run(1, { onSettle })),
    watched(batcher.run(2, { signal: controller.signal })),
    watched(batcher.run(3)),
  ];
  await host.advance(1);
  controller.abort("gone");
  await host.advance(4);
  return { outcomes: seenOf(calls), errors: batcher.stats().hookErrors };
}

describe("R14: hooks that throw", () => {
  for (const where of HOOKS) {
    const times = where === "onCall" ? 3 : 1;

    it(`${where} that throws changes nothing, goes to onError and is counted`, async () => {
      const told: unknown[] = [];
      const { outcomes, errors } = await served({
        [where]: () => {
          throw `from ${where}`;
        },
        onError: (error, where) => told.push([error, where]),
      });
      assert.deepEqual(outcomes, [1, "gone", 3]);
      assert.deepEqual(told, Array(times).fill([`from ${where}`, where]));
      assert.equal(errors, times);
    });

    it(`${where} that throws with nobody to tell is counted all the same`, async () => {
      const { outcomes, errors } = await served({
        [where]: () => {
          throw new Error(where);
        },
      });
      assert.deepEqual(outcomes, [1, "gone", 3]);
      assert.equal(errors, times);
    });

    it(`${where} that is async and rejects is no uncaught error`, async () => {
      const told: unknown[] = [];
      const { outcomes, errors } = await served({
        [where]: () => Promise.reject(`from ${where}`),
        onError: (error) => told.push(error),
      });
      assert.deepEqual(outcomes, [1, "gone", 3]);
      assert.deepEqual(told, Array(times).fill(`from ${where}`));
      assert.equal(errors, times);
    });
  }

  it("A promise need not be of this realm: that it rejects is told all the same", async () => {
    const told: unknown[] = [];
    const foreign = {
      then: (_: unknown, reject: (error: unknown) => void) => reject("foreign"),
    };
    const { outcomes, errors } = await served({
      onBatchEnd: () => foreign as never,
      onError: (error, where) => told.push([error, where]),
    });
    assert.deepEqual(outcomes, [1, "gone", 3]);
    assert.deepEqual(told, [["foreign", "onBatchEnd"]]);
    assert.equal(errors, 1);
  });

  it("onSettle that throws is told of by that name", async () => {
    const told: unknown[] = [];
    const { outcomes, errors } = await served(
      { onError: (error, where) => told.push([error, where]) },
      () => {
        throw "from onSettle";
      },
    );
    assert.deepEqual(outcomes, [1, "gone", 3]);
    assert.deepEqual(told, [["from onSettle", "onSettle"]]);
    assert.equal(errors, 1);
  });

  it("onError that throws itself changes nothing", async () => {
    const { outcomes, errors } = await served({
      onBatchEnd: () => {
        throw new Error("first");
      },
      onError: () => {
        throw new Error("second");
      },
    });
    assert.deepEqual(outcomes, [1, "gone", 3]);
    assert.equal(errors, 1);
  });

  it("onError that is async and rejects is no uncaught error", async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on("unhandledRejection", note);
    try {
      const { outcomes } = await served({
        onBatchEnd: () => {
          throw new Error("first");
        },
        onError: () => Promise.reject(new Error("second")),
      });
      await turns(3);
      assert.deepEqual(outcomes, [1, "gone", 3]);
      assert.deepEqual(uncaught, []);
    } finally {
      process.off("unhandledRejection", note);
    }
  });
});

describe("R14: functions that throw", () => {
  it("A lane that throws rejects that one call, with that error", async () => {
    const host = new VirtualHost();
    const handler = recordingHandler((xs: number[]) => xs);
    const batcher = new Batcher(handler, {
      host,
      lane(x) {
        if (x === 2) throw "no lane";
        return "all";
      },
    });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.deepEqual(seenOf(calls), [1, "no lane", 3]);
    assert.deepEqual(handler.items, [[1, 3]]);
    assert.equal(batcher.stats().calls, 2);
  });

  for (const key of [{}, [], () => {}, new Date(0)]) {
    it(`A lane key that is ${typeof key} ${key} rejects that one call`, async () => {
      const host = new VirtualHost();
      const batcher = new Batcher((xs: number[]) => xs, {
        host,
        lane: (x) => x === 2 ? key as never : "all",
      });
      const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual([calls[0]!.value, calls[2]!.value], [1, 3]);
      const error = calls[1]!.error as Error;
      assert.equal(error.name, "TypeError");
      const said = 'Cannot take the call: "lane" must return a primitive, ';
      assert.ok(error.message.startsWith(said), error.message);
    });
  }

  it("A lane that throws takes no place in the queue", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher((xs: number[]) => xs, {
      host,
      size: 1,
      maxQueue: 0,
      lane(x) {
        if (x === 1) throw "no lane";
        return x;
      },
    });
    watched(batcher.run(1));
    const call = watched(batcher.run(2));
    await host.advance();
    assert.equal(call.value, 2);
  });

  it("A policy that answers nonsense for a lane rejects the calls of that lane, in its own words", async () => {
    const host = new VirtualHost();
    let state: unknown = natural().forLane({ size: 64, concurrency: 1 });
    const policy = { forLane: () => state } as Policy;
    const options = { host, policy, lane: (x: number) => x || undefined };
    const batcher = new Batcher((xs: number[]) => xs, options);
    state = undefined;
    const calls = [0, 1].map((x) => watched(batcher.run(x)));
    await host.advance();
    assert.equal(calls[0]!.value, 0);
    assert.match(
      String(calls[1]!.error),
      /^TypeError: .*"forLane" must return an object with decide\(\)/,
    );
    for (state of [undefined, null, {}, Promise.resolve()]) {
      assert.throws(() => new Batcher((xs: number[]) => xs, { policy }), {
        name: "TypeError",
      });
    }
  });

  const parts = ["arrived", "started", "ended", "decide"] as const;
  for (const part of parts) {
    it(`A policy whose ${part} throws keeps nobody waiting and is told of`, async () => {
      const host = new VirtualHost();
      const policy: Policy = {
        forLane: () => ({
          arrived() {},
          decide: ({ waiting }, _slots, _now, verdict) =>
            verdict.leave(waiting, "idle"),
          [part]: () => {
            throw `from ${part}`;
          },
        }),
      };
      const told: unknown[] = [];
      const onError = (error: unknown, where: string) =>
        told.push([error, where]);
      const options = { policy, host, hooks: { onError } };
      const batcher = new Batcher((xs: number[]) => xs, options);
      const calls = [1, 2].map((x) => watched(batcher.run(x)));
      await host.advance();
      assert.deepEqual(seenOf(calls), [1, 2]);
      assert.ok(told.length > 0);
      assert.deepEqual(told[0], [`from ${part}`, "policy"]);
      assert.equal(batcher.stats().running, 0);
    });
  }
});
