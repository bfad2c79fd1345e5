import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  BatchResultError,
  ClosedError,
  DeadlineError,
  QueueFullError,
  RetryError,
} from "../../mod.ts";
import { RandomScript } from "./random_script.ts";

const SCRIPTS = 200;
const STEPS = 60;

/** What a call may reject with in a script. */
function isKnown(error: unknown): boolean {
  return error === "failed" || error === "aborted" ||
    error instanceof BatchResultError || error instanceof DeadlineError ||
    error instanceof QueueFullError || error instanceof ClosedError ||
    error instanceof RetryError;
}

async function played(seed: number, kinds?: number): Promise<RandomScript> {
  const script = new RandomScript(seed, kinds);
  for (let step = 0; step < STEPS; step++) await script.step();
  await script.end();
  return script;
}

function assertSound(script: RandomScript): void {
  const { batcher, calls, handler, host, signals } = script;
  for (const { item, seen } of calls) {
    if (seen.state !== "fulfilled") {
      assert.ok(isKnown(seen.error), `${item}: ${seen.error}`);
    } else if (script.kinds < Infinity) {
      const answered = seen.value! / 10;
      assert.equal(script.kindOf(answered), script.kindOf(item));
      assert.equal(answered % script.lanes, item % script.lanes);
      assert.ok(script.kindOf(item) !== undefined || answered === item);
    } else assert.equal(seen.value, 10 * item);
  }
  const stats = batcher.stats();
  assert.equal(
    stats.calls + stats.refused,
    calls.length - abortedEarly(script),
  );
  const { results, failures, aborted, expired, dropped } = stats;
  assert.equal(results + failures + aborted + expired + dropped, stats.calls);

  for (const { length } of handler.items) {
    assert.ok(length >= 1 && length <= script.size, `a batch of ${length}`);
  }
  for (const items of handler.items) {
    assert.equal(new Set(items.map((x) => x % script.lanes)).size, 1);
  }
  assert.ok(script.mostRunning <= script.concurrency);
  assertLimits(script);
  for (const { state } of script.waiters) assert.notEqual(state, "pending");

  assert.deepEqual([batcher.pending, stats.waiting, stats.running], [0, 0, 0]);
  assert.equal(host.timers, 0);
  for (const { listeners } of signals) assert.equal(listeners, 0);
}

/** What the rarer options promise. */
function assertLimits({ handler, more, starts }: RandomScript): void {
  const { weigh = () => 0, maxWeight = Infinity, rateLimit } = more;
  for (const items of handler.items) {
    const weight = items.reduce((sum, item) => sum + weigh(item), 0);
    assert.ok(weight <= maxWeight, `a batch that weighs ${weight}`);
  }
  if (rateLimit === undefined) return;
  starts.forEach((start, i) => {
    const before = starts[i - rateLimit.batches] ?? -Infinity;
    assert.ok(start - before >= rateLimit.perMs, `too soon, at ${start}`);
  });
}

/** What holds where each call is an item, and none goes before others. */
function assertInOrder(script: RandomScript): void {
  assert.equal(script.settled, script.batcher.stats().calls);
  const sent = script.handler.items.flat();
  assert.equal(new Set(sent).size, sent.length);
  for (let lane = 0; lane < script.lanes; lane++) {
    const inLane = sent.filter((item) => item % script.lanes === lane);
    assert.deepEqual(inLane, inLane.toSorted((a, b) => a - b));
  }
  const { size, concurrency, maxQueue } = script;
  const most = maxQueue + size * concurrency;
  assert.ok(script.mostWaiting <= most, `${script.mostWaiting} wait`);
}

/** Calls whose signal had aborted before: neither accepted nor refused. */
function abortedEarly({ calls, batcher }: RandomScript): number {
  const all = calls.filter(({ seen }) => seen.error === "aborted").length;
  return all - batcher.stats().aborted;
}

describe(`${SCRIPTS} random scripts`, () => {
  it("R5, R9, R16, R17, R18, R20, R21: every call settles once and rightly, nothing is left", async () => {
    for (let seed = 1; seed <= SCRIPTS; seed++) {
      try {
        const script = await played(seed);
        assertSound(script);
        assertInOrder(script);
      } catch (error) {
        throw new Error(`Seed ${seed} fails`, { cause: error });
      }
    }
  });

  it("All of that with every option: shared places, retries, priorities, weights, rates, changes", async () => {
    let joined = 0;
    for (let seed = 1; seed <= SCRIPTS; seed++) {
      try {
        const script = await played(seed, 1 + seed % 9);
        assertSound(script);
        joined += script.batcher.stats().calls - script.settled;
      } catch (error) {
        throw new Error(`Seed ${seed} fails`, { cause: error });
      }
    }
    assert.ok(joined > SCRIPTS, `${joined} calls have joined others`);
  });
});
