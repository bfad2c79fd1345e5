import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trimmed } from "../../src/core/trim.ts";
import { window } from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";

describe("trimmed()", () => {
  const cases: [string, number, number[], number][] = [
    ["a preferred size stays", 8, [4, 8, 16], 8],
    ["a little more is trimmed down to it", 9, [4, 8, 16], 8],
    ["more than two thirds of a step are worth the next size", 14, [8, 16], 14],
    ["half of a step is not", 12, [8, 16], 8],
    ["nor is a little less than two thirds", 32, [20, 40], 20],
    ["what is just worth it leaves", 33, [20, 40], 33],
    ["fewer than the smallest leave as they are", 3, [8, 16], 3],
    ["one leaves as one", 1, [8, 16], 1],
    ["more than the largest are trimmed down to it", 40, [8, 16], 16],
    ["a single size is enough", 11, [10], 10],
    ["all leave where no size is preferred", 5, [], 5],
    ["steps may be uneven", 7, [1, 2, 3, 5, 8], 7],
  ];
  for (const [what, calls, sizes, expected] of cases) {
    it(`${what}: ${calls} of ${sizes.join(", ")}`, () => {
      assert.equal(trimmed(calls, sizes), expected);
    });
  }

  it("Never more than there are, and never none", () => {
    for (const sizes of [[1], [3], [2, 4, 8], [5, 6, 50]]) {
      for (let calls = 1; calls <= 60; calls++) {
        const size = trimmed(calls, sizes);
        assert.ok(size >= 1 && size <= calls, `${calls} of ${sizes}: ${size}`);
      }
    }
  });
});

describe("Scheduler: preferred sizes", () => {
  const words = (count: number) =>
    Array.from({ length: count }, (_, i) => `${i}`).join(" ");
  const sizes = (driven: Driven) => driven.batches.map(({ count }) => count);

  it("A batch is trimmed to one of them, and the rest leaves next", () => {
    const driven = new Driven({ size: 64, preferredSizes: [4, 8, 16] });
    driven.turn(0, words(10));
    driven.endAndTurn(1);
    assert.deepEqual(sizes(driven), [8, 2]);
    assert.equal(driven.sent.join(" "), words(10));
  });

  it("It is never one that is larger than `size`, however many wait", () => {
    const driven = new Driven({ size: 6, preferredSizes: [4, 8] });
    driven.place(0, words(9));
    driven.look(0);
    assert.deepEqual(sizes(driven), [4]);
  });

  it("A full batch is one of them, if `size` is not", () => {
    const driven = new Driven({ size: 10, preferredSizes: [4, 8] });
    driven.place(0, words(20));
    driven.look(0);
    assert.deepEqual(sizes(driven), [8]);
    driven.endAndTurn(1);
    driven.endAndTurn(2);
    driven.endAndTurn(3);
    assert.deepEqual(sizes(driven), [8, 8, 4]);
  });

  it("Deadlines, flush and close send all the same, in preferred sizes", () => {
    for (const send of ["flush", "close", "deadline"] as const) {
      const driven = new Driven({
        size: 64,
        concurrency: 2,
        policy: window(1000),
        preferredSizes: [4, 8],
        deadlineMs: send === "deadline" ? 100 : undefined,
      });
      driven.turn(0, words(5));
      if (send === "flush") driven.scheduler.flush(false, () => {});
      if (send === "close") driven.scheduler.close();
      driven.endTurn(50);
      assert.deepEqual(sizes(driven), [4, 1], send);
      assert.deepEqual(driven.reasons, [send, send]);
    }
  });

  it("Who has waited for the window leaves in it or in the next batch", () => {
    const driven = new Driven({
      size: 64,
      concurrency: 3,
      policy: window(10),
      preferredSizes: [4],
    });
    driven.turn(0, words(9));
    driven.endTurn(10);
    assert.deepEqual(sizes(driven), [4, 4, 1]);
  });
});
