import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type LanePolicy,
  natural,
  type Policy,
  type SlotsView,
  type Verdict,
  window,
} from "../../src/core/policy.ts";

const limits = { size: 8, concurrency: 1 };
const slots: SlotsView = { free: 1, freeSince: 0, running: 0, batches: [] };

/** All that a policy says when it is asked once. */
function verdictOf(
  lane: LanePolicy,
  { waiting, oldestAt, now }: {
    waiting: number;
    oldestAt: number;
    now: number;
  },
): string[] {
  const said: string[] = [];
  const verdict: Verdict = {
    leave: (calls, reason) => said.push(`leave ${calls} ${reason}`),
    holdUntil: (time) => said.push(`hold until ${time}`),
  };
  const view = {
    waiting,
    weight: waiting,
    oldestAt,
    oldestDeadlineAt: Infinity,
    together: () => waiting,
    weightOf: () => waiting,
  };
  lane.decide(view, slots, now, verdict);
  return said;
}

function ask(
  policy: Policy,
  waiting: number,
  oldestAt: number,
  now: number,
): string[] {
  return verdictOf(policy.forLane(limits), { waiting, oldestAt, now });
}

describe("window()", () => {
  it("R2 a lane waits until its oldest call has waited maxWaitMs", () => {
    assert.deepEqual(ask(window(5), 1, 100, 100), ["hold until 105"]);
    assert.deepEqual(ask(window(5), 7, 100, 104.9), ["hold until 105"]);
  });

  it("R2 then it leaves with everything that waits, however late it is asked", () => {
    assert.deepEqual(ask(window(5), 3, 100, 105), ["leave 3 window"]);
    assert.deepEqual(ask(window(5), 3, 100, 1000), ["leave 3 window"]);
  });

  it("R2 later calls never move the time", () => {
    const lane = window(5).forLane(limits);
    for (let waiting = 1; waiting < 8; waiting++) {
      const now = 100 + waiting / 2;
      const said = verdictOf(lane, { waiting, oldestAt: 100, now });
      assert.deepEqual(said, ["hold until 105"]);
    }
  });

  it("R2 window(0) is natural", () => {
    assert.deepEqual(ask(window(0), 3, 100, 100), ["leave 3 idle"]);
  });

  it("window(Infinity) leaves by itself never", () => {
    assert.deepEqual(ask(window(Infinity), 3, 0, 1e9), ["hold until Infinity"]);
  });

  it("One policy may be shared by lanes, which know nothing of each other", () => {
    const policy = window(5);
    const [a, b] = [policy.forLane(limits), policy.forLane(limits)];
    const late = { waiting: 2, oldestAt: 0, now: 50 };
    const early = { waiting: 2, oldestAt: 49, now: 50 };
    assert.deepEqual(verdictOf(a, late), ["leave 2 window"]);
    assert.deepEqual(verdictOf(b, early), ["hold until 54"]);
    assert.deepEqual(verdictOf(a, late), ["leave 2 window"]);
  });

  it("A time that is negative or no time at all is refused, and the message names it", () => {
    for (const wrong of [-1, -Infinity, NaN, undefined, {}]) {
      assert.throws(() => window(wrong as number), {
        name: "RangeError",
        message: /"maxWaitMs"/,
      }, `window(${String(wrong)})`);
    }
  });

  it("A time that only looks like a number is refused, for it would be appended to a time", () => {
    for (const wrong of ["5", null, true, []]) {
      assert.throws(
        () => window(wrong as unknown as number),
        /"maxWaitMs"/,
        `window(${JSON.stringify(wrong)})`,
      );
    }
  });
});

describe("natural()", () => {
  it("R2 a lane leaves at once with everything that waits", () => {
    assert.deepEqual(ask(natural(), 1, 100, 100), ["leave 1 idle"]);
    assert.deepEqual(ask(natural(), 7, 100, 200), ["leave 7 idle"]);
  });
});
