import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Scheduler } from "../src/core/scheduler.ts";
import { retryAfterMs } from "../src/retry_after.ts";
import type { Settings } from "../src/settings.ts";

const settings = { size: 10, concurrency: 2 } as Settings<string>;

/** 25 calls in line, and how often the batches that run were looked through. */
function busy(meanRunMs: number) {
  const counter = { looks: 0 };
  const slots = {
    meanRunMs,
    get oldestAt() {
      counter.looks++;
      return 40;
    },
  };
  const scheduler = { queue: { queued: 25 }, slots } as Scheduler<string>;
  return { counter, scheduler };
}

describe("R18 retryAfterMs()", () => {
  it("Goes by the mean, and looks through no batches that run", () => {
    const { counter, scheduler } = busy(7);
    assert.equal(retryAfterMs(scheduler, settings, 100), 14);
    assert.equal(counter.looks, 0);
  });

  it("Goes by the oldest that runs where none has ended well", () => {
    const { scheduler } = busy(NaN);
    assert.equal(retryAfterMs(scheduler, settings, 100), 120);
  });
});
