import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type {
  Backend,
  Batching,
  Contender,
  Item,
} from "../../../bench/simulation/backend.ts";
import { asyncBatcher } from "../../../bench/simulation/rivals/async_batcher.ts";
import { bento } from "../../../bench/simulation/rivals/bento.ts";
import { BentoModel } from "../../../bench/simulation/rivals/bento_model.ts";
import { mixedbread } from "../../../bench/simulation/rivals/mixedbread.ts";
import { sealedWindow } from "../../../bench/simulation/rivals/sealed_window.ts";

/** One slot that takes 20 ms, and calls at these times; answers with what was started when. */
function played(contender: Contender, calls: readonly number[]) {
  const started: { at: number; calls: number[] }[] = [];
  const refused: number[] = [];
  let now = 0;
  let endsAt = Infinity;
  let tag: unknown;
  const backend: Backend = {
    size: 200,
    slots: 1,
    timerStepMs: 0,
    preferredSizes: undefined,
    start(items, given) {
      started.push({ at: now, calls: items.map((item) => item!.arrivedAt) });
      endsAt = now + 20;
      tag = given;
    },
    refuse: (item: Item) => refused.push(item.arrivedAt),
  };
  const batching: Batching = contender(backend);
  const left = [...calls];
  for (let wakeAt = 0; left.length > 0 || endsAt < Infinity || wakeAt < 1e9;) {
    now = Math.min(left[0] ?? Infinity, endsAt, wakeAt);
    if (endsAt === now) {
      endsAt = Infinity;
      batching.ended(tag, now);
    }
    while (left[0] === now) {
      batching.arrive({ arrivedAt: left.shift()!, kind: {} }, now);
    }
    wakeAt = batching.turn(now);
  }
  return { started, refused };
}

describe("Rivals", () => {
  it("A sealed window closes batches while the slot is busy, and they stand in line", () => {
    const { started } = played(sealedWindow(3, 10), [0, 1, 2, 5, 16, 30]);
    assert.deepEqual(started, [
      { at: 2, calls: [0, 1, 2] },
      { at: 22, calls: [5] },
      { at: 42, calls: [16] },
      { at: 62, calls: [30] },
    ]);
  });

  it("async-batcher holds who finds the slot free, and no one who has stood in line", () => {
    const { started } = played(asyncBatcher(), [0, 4, 15, 40]);
    assert.deepEqual(started, [
      { at: 10, calls: [0, 4] },
      { at: 30, calls: [15] },
      { at: 50, calls: [40] },
    ]);
  });

  it("mixedbread sleeps by its own clock, and after each round again", () => {
    const { started } = played(mixedbread(2, 5), [7, 12, 13, 14]);
    assert.deepEqual(started, [
      { at: 10, calls: [7] },
      { at: 30, calls: [12, 13] },
      { at: 55, calls: [14] },
    ]);
  });

  it("BentoML learns with 1, 1, 1, 1, 2 and 3, then serves the newest first", () => {
    const calls = Array.from({ length: 30 }, (_, index) => index);
    const { started } = played(bento(), calls);
    const sizes = started.map(({ calls }) => calls.length);
    assert.deepEqual(sizes.slice(0, 6), [1, 1, 1, 1, 2, 3]);
    assert.deepEqual(started[1]!.calls, [20]);
    assert.ok(started[6]!.calls[0]! > started[6]!.calls.at(-1)!);
  });

  it("BentoML cancels the oldest when it expects to be late", () => {
    const calls = Array.from({ length: 60 }, (_, index) => 2 * index);
    const { started, refused } = played(bento(50), calls);
    assert.ok(refused.length > 0);
    const served = started.flatMap(({ calls }) => calls);
    assert.equal(new Set([...served, ...refused]).size, calls.length);
  });

  it("BentoML draws a line through what batches took", () => {
    const model = new BentoModel(60_000);
    for (let count = 1; count <= 12; count++) {
      model.learn({ count, ms: 5 + 2 * count, waitMs: 3 }, 6000 * count);
    }
    assert.ok(Math.abs(model.each - 2) < 1e-6);
    assert.ok(Math.abs(model.fixed - 5) < 1e-6);
    assert.equal(model.meanWaitMs, 3);
  });
});
