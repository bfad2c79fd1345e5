import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers";
import { Outbox } from "../../examples/predictions/page/browser/outbox.ts";

describe("What a slider sends while it is moved", () => {
  it("goes one after the other, the newest only", async () => {
    const sent: number[] = [];
    const arrivals: (() => void)[] = [];
    const outbox = new Outbox<number>((value) => {
      sent.push(value);
      return new Promise((resolve) => arrivals.push(resolve));
    });
    const first = outbox.put(1);
    await Promise.all([outbox.put(2), outbox.put(3)]);
    assert.deepEqual([sent, outbox.isBusy], [[1], true]);
    arrivals[0]!();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(sent, [1, 3]);
    arrivals[1]!();
    await first;
    assert.equal(outbox.isBusy, false);
  });

  it("is told of as failed, and the next goes out all the same", async () => {
    const sent: number[] = [];
    const outbox = new Outbox<number>((value) => {
      sent.push(value);
      return value === 1
        ? Promise.reject(new Error("away"))
        : Promise.resolve();
    });
    await assert.rejects(outbox.put(1), { message: "away" });
    await outbox.put(2);
    assert.deepEqual([sent, outbox.isBusy], [[1, 2], false]);
  });
});
