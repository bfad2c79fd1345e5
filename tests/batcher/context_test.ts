import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";
import { Batcher, type BatcherOptions, type Hooks } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { turns, watched } from "./watched.ts";

const tenant = new AsyncLocalStorage<string>();

/** A batcher that notes whose context its batches run in. */
function noting(options: BatcherOptions<number> = {}) {
  const contexts: (string | undefined)[] = [];
  const batcher = new Batcher(async (xs: number[]) => {
    contexts.push(tenant.getStore());
    await turns(1);
    contexts.push(tenant.getStore());
    return xs;
  }, options);
  return { batcher, contexts };
}

/** Calls as this tenant, and tells whose context the caller resumes in. */
function callAs(
  name: string,
  batcher: Batcher<number, number>,
): Promise<string | undefined> {
  return tenant.run(name, async () => {
    await batcher.run(1);
    return tenant.getStore();
  });
}

describe("R22: async context", () => {
  const callers = ["a", "b"];
  const ways: [string, BatcherOptions<number>][] = [
    ["at the end of the turn", {}],
    ["because it is full", { size: 2, maxWaitMs: 1000 }],
    ["alone", { size: 1 }],
    ["by its window", { maxWaitMs: 10 }],
    ["by a deadline", { maxWaitMs: 1000, deadlineMs: 20 }],
    ["by lane", { lane: () => "x" }],
  ];
  for (const [what, options] of ways) {
    it(`A batch that leaves ${what} runs in nobody's context, and callers resume in their own`, async () => {
      const host = new VirtualHost();
      const { batcher, contexts } = noting({ ...options, host });
      const resumed = Promise.all(callers.map((name) => callAs(name, batcher)));
      await host.advance(10);
      await turns(5);
      assert.deepEqual(await resumed, callers);
      assert.ok(contexts.length >= 2);
      for (const context of contexts) assert.equal(context, undefined);
    });
  }

  it("A batcher that was made in somebody's context has none of it", async () => {
    const { batcher, contexts } = tenant.run("maker", () => noting());
    assert.equal(await callAs("a", batcher), "a");
    assert.deepEqual(contexts, [undefined, undefined]);
  });

  it("flush() and close() lend it none of theirs", async () => {
    const { batcher, contexts } = noting({ maxWaitMs: 60_000 });
    const first = callAs("a", batcher);
    await tenant.run("flusher", () => batcher.flush());
    const second = callAs("b", batcher);
    await tenant.run("closer", async () => {
      await batcher.close();
      assert.equal(tenant.getStore(), "closer");
    });
    assert.deepEqual(await Promise.all([first, second]), ["a", "b"]);
    assert.deepEqual(contexts, Array(4).fill(undefined));
  });

  it("A slot that frees lends the next batch nothing of the last one", async () => {
    const contexts: (string | undefined)[] = [];
    const batcher = new Batcher((xs: number[]) => {
      contexts.push(tenant.getStore());
      return tenant.run("handler", () => turns(1).then(() => xs));
    }, { size: 1 });
    const callers = ["a", "b", "c"];
    const resumed = callers.map((name) => callAs(name, batcher));
    assert.deepEqual(await Promise.all(resumed), callers);
    assert.deepEqual(contexts, [undefined, undefined, undefined]);
  });

  it("An abort or an expiry lends it none", async () => {
    const host = new VirtualHost();
    const { batcher, contexts } = noting({ maxWaitMs: 10, host });
    const controller = new AbortController();
    const { signal } = controller;
    tenant.run("a", () => watched(batcher.run(1, { signal })));
    const kept = watched(callAs("b", batcher));
    await host.advance();
    tenant.run("aborter", () => controller.abort());
    await host.advance(10);
    await turns(3);
    assert.equal(kept.value, "b");
    assert.deepEqual(contexts, [undefined, undefined]);
  });

  it("Callers who are rejected resume in their own context too", async () => {
    const batcher = new Batcher((_: number[]): number[] => {
      throw new Error("broken");
    });
    const resumed = tenant.run("a", async () => {
      await batcher.run(1).catch(() => {});
      return tenant.getStore();
    });
    assert.equal(await resumed, "a");
  });

  it("Nested batches run in nobody's context either", async () => {
    const contexts: (string | undefined)[] = [];
    const batcher: Batcher<number, number> = new Batcher(async (xs) => {
      contexts.push(tenant.getStore());
      if (xs[0] === 1) {
        await tenant.run("inside", async () => {
          await batcher.run(2);
          assert.equal(tenant.getStore(), "inside");
        });
      }
      return xs;
    });
    assert.equal(await callAs("a", batcher), "a");
    assert.deepEqual(contexts, [undefined, undefined]);
  });

  it("onCall is told in the caller's context, what concerns a batch in nobody's", async () => {
    const told: Record<string, string | undefined> = {};
    const note = (where: string) => () =>
      void (told[where] = tenant.getStore());
    const hooks: Hooks = {
      onCall: note("onCall"),
      onBatchStart: note("onBatchStart"),
      onBatchEnd: note("onBatchEnd"),
    };
    const { batcher } = noting({ hooks });
    await callAs("a", batcher);
    assert.deepEqual(told, {
      onCall: "a",
      onBatchStart: undefined,
      onBatchEnd: undefined,
    });
  });

  it("On a host that every caller joins it is the same", async () => {
    class JoinedHost extends VirtualHost {
      join(look: () => void): () => void {
        this.hop(look);
        return () => {};
      }
    }
    const host = new JoinedHost();
    const { batcher, contexts } = noting({ host });
    const resumed = ["a", "b"].map((name) => callAs(name, batcher));
    assert.deepEqual(await Promise.all(resumed), ["a", "b"]);
    assert.deepEqual(contexts, [undefined, undefined]);
  });
});
