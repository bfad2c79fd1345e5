import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Tally } from "../../examples/predictions/page/tally.ts";

function answer(timing: string, status = 200): Response {
  return new Response(null, { status, headers: { "server-timing": timing } });
}

const inBatch = (words: string) =>
  answer(`queue;dur=1.2, batch;dur=0.5;desc="${words}"`);

describe("Tally", () => {
  it("counts batches by the calls that were in them", () => {
    const tally = new Tally();
    for (let call = 1; call <= 4; call++) {
      tally.add(inBatch("4 full"), call);
    }
    for (let call = 5; call <= 6; call++) {
      tally.add(inBatch("2 window"), call);
    }
    assert.deepEqual(tally.take(500), {
      requestsPerSecond: 12,
      p50Ms: 3,
      p95Ms: 5,
      meanBatch: 3,
      largestBatch: 4,
      reasons: { full: 1, window: 1 },
      refusedPerSecond: 0,
      failures: 0,
    });
  });

  it("counts by themselves what was refused and what failed", () => {
    const tally = new Tally();
    for (const status of [503, 500, 503]) {
      tally.add(answer("total;dur=3", status), 1);
    }
    const { refusedPerSecond, failures, ...others } = tally.take(250);
    assert.deepEqual([refusedPerSecond, failures], [8, 1]);
    assert.deepEqual([others.requestsPerSecond, others.meanBatch], [0, 0]);
  });

  it("begins anew each time", () => {
    const tally = new Tally();
    tally.add(inBatch("1 idle"), 1);
    tally.take(250);
    assert.deepEqual(tally.take(250), new Tally().take(250));
  });
});
