import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Refusals } from "../../src/hono/refusals.ts";

describe("Refusals", () => {
  it("Tell when to come back, as that changes, and are made anew for that alone", () => {
    const refusals = new Refusals("work");
    const [first, same, later, again] = [100, 1000, 1001, 3]
      .map((ms) => refusals.full(ms));
    assert.equal(same, first);
    assert.deepEqual(
      [first, later, again].map((refusal) =>
        refusal!.problem.headers["retry-after"]
      ),
      ["1", "2", "1"],
    );
    const { problem, text } = first!;
    assert.equal(problem.status, 503);
    assert.equal(problem.members["code"], "BATCHED_QUEUE_FULL");
    assert.equal(text, JSON.stringify(problem));
  });

  it("Of a method that is closed are one", () => {
    const { closed } = new Refusals("work");
    const { problem, text } = closed;
    assert.equal(problem.status, 503);
    assert.equal(problem.members["code"], "BATCHED_CLOSED");
    assert.equal(text, JSON.stringify(problem));
  });
});
