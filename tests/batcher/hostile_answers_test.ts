import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  done,
  failed,
  retryLater,
} from "../../mod.ts";
import { seenOf, turns, watched } from "./watched.ts";

const trap = () => {
  throw new Error("sprung");
};

/** Each one throws when it is looked at in some way. */
const hostile: [string, () => unknown][] = [
  ["whose then cannot be read", () =>
    Object.defineProperty({}, "then", {
      get: trap,
    })],
  ["that is a revoked proxy", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }],
  ["that is a revoked proxy of an array", () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  }],
  ["whose prototype cannot be read", () =>
    new Proxy({}, {
      getPrototypeOf: trap,
    })],
  ["whose then throws when it is called", () => ({ then: trap })],
];

/** An outcome that says what it is, and no more. */
function unreadable<T extends object>(outcome: T): T {
  return new Proxy(outcome, {
    get: (target, key) =>
      key === "ok" || key === "then" ? Reflect.get(target, key) : trap(),
  });
}

/** Runs three calls; their states, what became of the batcher, and what nobody caught. */
async function outcomeOf(answer: (xs: number[]) => unknown) {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  try {
    const batcher = new Batcher<number, unknown>((xs) =>
      xs[0] === 9 ? [9] : answer(xs) as unknown[]
    );
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await turns(5);
    const states = calls.map(({ state }) => state);
    const next = watched(batcher.run(9));
    await turns(5);
    return { states, uncaught, next: next.value };
  } finally {
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
  }
}

describe("R9: answers that throw when they are looked at", () => {
  it("An array that throws in its midst is counted as results before, and as failures from there on", async () => {
    const batcher = new Batcher((xs: number[]) =>
      Object.defineProperty([...xs], 1, { get: trap })
    );
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await batcher.close();
    const { results, failures } = batcher.stats();
    assert.deepEqual([calls[0]!.value, results, failures], [1, 1, 2]);
  });

  for (const [what, make] of hostile) {
    it(`A result ${what} settles its own call and touches no other`, async () => {
      const { states, uncaught, next } = await outcomeOf((xs) =>
        xs.map((x) => x === 2 ? make() : x)
      );
      assert.deepEqual([states[0], states[2]], ["fulfilled", "fulfilled"]);
      assert.equal(states[1], "rejected");
      assert.deepEqual([next, uncaught], [9, []]);
    });

    it(`A promised result ${what} settles its own call and touches no other`, async () => {
      const { states, uncaught, next } = await outcomeOf((xs) =>
        xs.map((x) => Promise.resolve(x).then((x) => x === 2 ? make() : x))
      );
      assert.deepEqual([states[0], states[2]], ["fulfilled", "fulfilled"]);
      assert.equal(states[1], "rejected");
      assert.deepEqual([next, uncaught], [9, []]);
    });

    it(`done(value) with a value ${what} settles its own call and touches no other`, async () => {
      const { states, uncaught, next } = await outcomeOf((xs) =>
        xs.map((x) => x === 2 ? done(make()) : x)
      );
      assert.deepEqual([states[0], states[2]], ["fulfilled", "fulfilled"]);
      assert.notEqual(states[1], "pending");
      assert.deepEqual([next, uncaught], [9, []]);
    });

    it(`An answer ${what} rejects every call of its batch`, async () => {
      const { states, uncaught, next } = await outcomeOf(make);
      assert.deepEqual(states, ["rejected", "rejected", "rejected"]);
      assert.deepEqual([next, uncaught], [9, []]);
    });
  }

  for (const [what, make] of Object.entries({ done, failed, retryLater })) {
    it(`What ${what}() answers and cannot be read settles its own call and touches no other`, async () => {
      const { states, uncaught, next } = await outcomeOf((xs) =>
        xs.map((x) => x === 2 ? unreadable(make({})) : x)
      );
      assert.deepEqual(states, ["fulfilled", "rejected", "fulfilled"]);
      assert.deepEqual([next, uncaught], [9, []]);
    });
  }

  for (const [what, make] of hostile) {
    it(`A value ${what} that is thrown rejects every call of its batch, with that very value`, async () => {
      const options = [{}, { isolate: "bisect" }, { dedupe: (x: number) => x }];
      for (const option of options as BatcherOptions<number>[]) {
        const thrown = make();
        const batcher = new Batcher<number, unknown>(() => {
          throw thrown;
        }, option);
        const calls = [1, 2].map((x) => watched(batcher.run(x)));
        await turns(5);
        for (const { state, error } of calls) {
          assert.ok(state === "rejected" && error === thrown);
        }
        assert.equal(batcher.stats().running, 0);
      }
    });

    it(`done(value) with a value ${what} settles all who share a place`, async () => {
      const batcher = new Batcher<number, unknown>(() => done(make()), {
        dedupe: (x) => x,
      });
      const calls = [1, 1].map((x) => watched(batcher.run(x)));
      await turns(5);
      for (const { state } of calls) assert.notEqual(state, "pending");
      assert.deepEqual([batcher.pending, batcher.stats().running], [0, 0]);
    });
  }

  it("An array whose entries cannot be read rejects every call of its batch", async () => {
    const { states, uncaught, next } = await outcomeOf((xs) =>
      Object.defineProperty([...xs], 1, { get: trap })
    );
    for (const state of states) assert.notEqual(state, "pending");
    assert.deepEqual([next, uncaught], [9, []]);
  });

  it("An array with methods of its own is read as any other", async () => {
    const { states, uncaught, next } = await outcomeOf((xs) =>
      Object.assign([...xs], { slice: () => undefined, forEach: trap })
    );
    assert.deepEqual(states, ["fulfilled", "fulfilled", "fulfilled"]);
    assert.deepEqual([next, uncaught], [9, []]);
  });

  it("An array whose class lets nobody copy it is read as any other", async () => {
    class Odd<T> extends Array<T> {
      static override get [Symbol.species](): ArrayConstructor {
        return trap as unknown as ArrayConstructor;
      }
    }
    const batcher = new Batcher<number, { x: number }>((xs) =>
      Odd.from(xs, (x) => ({ x }))
    );
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await turns(5);
    assert.deepEqual(seenOf(calls), [{ x: 1 }, { x: 2 }, { x: 3 }]);
  });

  it("R10 An answer that changes while it is read counts as it was", async () => {
    const batcher = new Batcher<number, unknown>((xs) => {
      const answer: unknown[] = [...xs];
      answer[0] = {
        get then() {
          answer.fill("changed");
          return undefined;
        },
      };
      return answer;
    });
    const calls = [1, 2, 3].map((x) => watched(batcher.run(x)));
    await turns(5);
    assert.deepEqual(seenOf(calls.slice(1)), [2, 3]);
  });

  it("R16 A call whose signal aborts as its promise reads the answer is answered, and has not left", async () => {
    for (const options of [{}, { dedupe: (x: number) => x }]) {
      const controller = new AbortController();
      let reads = 0;
      // The batcher reads it once, then the promise of the call.
      const answer = {
        get then() {
          if (++reads === 2) controller.abort("late");
          return undefined;
        },
      };
      let signal: AbortSignal | undefined;
      let answerOther: ((x: number) => void) | undefined;
      const other = new Promise<number>((resolve) => answerOther = resolve);
      const left: unknown[] = [];
      const batcher = new Batcher<number, unknown>((_, batch) => {
        signal = batch.signal;
        return [answer, other];
      }, { ...options, hooks: { onLeave: (event) => left.push(event) } });
      const calls = [
        watched(batcher.run(1, { signal: controller.signal })),
        watched(batcher.run(2)),
      ];
      await turns(3);
      assert.deepEqual(seenOf(calls), [answer, "pending"]);
      assert.equal(signal?.aborted, false);
      answerOther?.(2);
      await turns(3);
      assert.deepEqual(seenOf(calls), [answer, 2]);
      const { results, aborted } = batcher.stats();
      assert.deepEqual([results, aborted, batcher.pending], [2, 0, 0]);
      assert.deepEqual(left, []);
    }
  });

  it("An object whose class cannot be named rejects every call of its batch", async () => {
    for (const name of [Symbol("class"), { toString: trap }]) {
      const answer = { constructor: { name } };
      const { states, uncaught, next } = await outcomeOf(() => answer);
      assert.deepEqual(states, ["rejected", "rejected", "rejected"]);
      assert.deepEqual([next, uncaught], [9, []]);
    }
  });

  it("R12: the message never shows the payload, also where it looks like a class", async () => {
    const payload = JSON.parse('{"constructor": {"name": "secret"}}');
    const batcher = new Batcher<number, unknown>(() => payload);
    const call = watched(batcher.run(1));
    await turns(3);
    assert.doesNotMatch(String(call.error), /secret/);
  });
});
