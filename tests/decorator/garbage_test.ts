import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batched, batcherOf } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { doubleAll, Doubler } from "./doubler.ts";
import { collectUntil } from "./garbage.ts";

const MANY = 200;
/** A runtime that scans its stack for pointers keeps a few by mistake. */
const FEW = 50;

/** Uses many objects and forgets them. */
async function forgotten(
  use: (doubler: Doubler) => Promise<unknown>,
): Promise<{ objects: WeakRef<object>[]; batchers: WeakRef<object>[] }> {
  const doublers = Array.from({ length: MANY }, () => new Doubler());
  await Promise.all(doublers.map(use));
  return {
    objects: doublers.map((doubler) => new WeakRef(doubler)),
    batchers: doublers.map((doubler) =>
      new WeakRef(batcherOf(doubler, "double"))
    ),
  };
}

describe("Objects with batched methods that nobody uses any more", () => {
  it("Are collected with their batchers, after batches", async () => {
    const { objects, batchers } = await forgotten((doubler) =>
      doubleAll(doubler, [1, 2])
    );
    assert.ok(await collectUntil(FEW, objects) <= FEW);
    assert.ok(await collectUntil(FEW, batchers) <= FEW);
  });

  it("Are collected with their batchers, after calls with signals and deadlines", async () => {
    const controllers: AbortController[] = [];
    const { objects, batchers } = await forgotten((doubler) => {
      const controller = new AbortController();
      const { signal } = controller;
      controllers.push(controller);
      return Promise.all([
        doubler.double(1, { signal, deadlineMs: 60_000 }),
        doubler.double(2, { signal }),
      ]);
    });
    assert.ok(await collectUntil(FEW, objects) <= FEW);
    assert.ok(await collectUntil(FEW, batchers) <= FEW);
    assert.equal(controllers.length, MANY);
  });

  it("Are kept as long as somebody does", async () => {
    const kept = new Doubler();
    const refs = [new WeakRef<object>(kept)];
    const batcher = new WeakRef(batcherOf(kept, "double"));
    await collectUntil(0, refs);
    assert.equal(batcherOf(kept, "double"), batcher.deref());
  });

  it("Are kept as long as their calls wait", async () => {
    const host = new VirtualHost();
    class Patient {
      @Batched({ maxWaitMs: 20, host, handler: (xs) => xs.map((x) => -x) })
      async negate(x: number): Promise<number> {
        return await -x;
      }
    }
    const refs: WeakRef<object>[] = [];
    const call = (x: number) => {
      const patient = new Patient();
      refs.push(new WeakRef(patient));
      return patient.negate(x);
    };
    const answers = Promise.all([1, 2, 3].map(call));
    assert.equal(await collectUntil(0, refs), 3);
    await host.advance(20);
    assert.deepEqual(await answers, [-1, -2, -3]);
  });
});
