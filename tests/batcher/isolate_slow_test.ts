import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  type BatcherOptions,
  BatchTimeoutError,
  DeadlineError,
} from "../../mod.ts";
import { FrailHost } from "./frail_host.ts";
import { seenOf, turns, watched } from "./watched.ts";

const poison = new Error("poison");

/** Four calls; the handler blocks the thread for 30 ms, so that no timer rings, and fails for the first of them. */
async function slow(options: BatcherOptions<number>, deadlineMs?: number) {
  const host = new FrailHost();
  const runs: number[][] = [];
  const batcher = new Batcher((xs: number[]) => {
    runs.push([...xs]);
    host.time += 30;
    if (xs.includes(0)) throw poison;
    return xs;
  }, { size: 4, maxWaitMs: 0, host, isolate: "bisect", ...options });
  const calls = [0, 1, 2, 3].map((x) =>
    watched(batcher.run(x, x % 2 === 0 ? { deadlineMs } : undefined))
  );
  await turns(5);
  return { runs, seen: seenOf(calls) };
}

describe("R24: calls are run again after time that no timer has seen", () => {
  it("R17 nobody is run again whose deadline has passed", async () => {
    const { runs, seen } = await slow({}, 30);
    assert.deepEqual(runs, [[0, 1, 2, 3], [1], [3]]);
    assert.ok(seen[0] instanceof DeadlineError);
    assert.ok(seen[2] instanceof DeadlineError);
    assert.deepEqual([seen[1], seen[3]], [1, 3]);
  });

  it("R17 the deadline that all have in common counts as well", async () => {
    const { runs, seen } = await slow({ deadlineMs: 60 });
    assert.deepEqual(runs, [[0, 1, 2, 3], [0, 1]]);
    assert.ok(seen.every((error) => error instanceof DeadlineError));
  });

  it("R17 R27 those who share a place leave with it as its deadline passes", async () => {
    const dedupe = (x: number) => x;
    const { runs, seen } = await slow({ deadlineMs: 60, dedupe });
    assert.deepEqual(runs, [[0, 1, 2, 3], [0, 1]]);
    assert.ok(seen.every((error) => error instanceof DeadlineError));
  });

  it("R19 nothing is run again of a batch whose time is up", async () => {
    const { runs, seen } = await slow({ batchTimeoutMs: 30 });
    assert.deepEqual(runs, [[0, 1, 2, 3]]);
    assert.ok(seen.every((error) => error instanceof BatchTimeoutError));
  });
});
