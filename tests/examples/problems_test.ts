import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createApp } from "../../examples/predictions/app.ts";
import { Predictor } from "../../examples/predictions/predictor.ts";
import { problemOf, responseOf } from "../../examples/predictions/problems.ts";
import {
  BatchResultError,
  BatchTimeoutError,
  BatchTooLargeError,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  QueueFullError,
  RetryError,
} from "../../mod.ts";

const secret = "the inner text";
const cause = new Error(secret);

describe("problemOf()", () => {
  const cases: [Error, number][] = [
    [new QueueFullError(secret, { retryAfterMs: 1200 }), 503],
    [new ClosedError(secret), 503],
    [new DeadlineError(secret, { deadlineMs: 5 }), 504],
    [new BatchTimeoutError(secret, { batchTimeoutMs: 5 }), 504],
    [new BatchResultError(secret, { expected: 2, received: 1 }), 500],
    [new ItemTooHeavyError(secret, { weight: 9, maxWeight: 4 }), 413],
    [new RetryError(secret, { attempts: 3, cause }), 503],
    [new BatchTooLargeError(secret, { cause }), 500],
    [new TypeError(secret), 500],
  ];
  for (const [error, status] of cases) {
    it(`makes ${error.name} a ${status} that shows no inner text`, async () => {
      const response = responseOf(problemOf(error));
      assert.equal(response.status, status);
      assert.equal(
        response.headers.get("content-type"),
        "application/problem+json",
      );
      const text = await response.text();
      assert(!text.includes(secret), text);
      const problem = JSON.parse(text);
      assert.equal(problem.status, status);
      assert(problem.title.length > 0 && problem.detail.length > 0);
    });
  }

  it("tells when to come back, in whole seconds and at least one", () => {
    for (
      const [retryAfterMs, seconds] of [[0, "1"], [1000, "1"], [
        1001,
        "2",
      ]] as const
    ) {
      const problem = problemOf(new QueueFullError(secret, { retryAfterMs }));
      assert.equal(responseOf(problem).headers.get("retry-after"), seconds);
    }
  });
});

describe("The app", () => {
  it("answers an error of the model with 500, and reports it to us alone", async () => {
    const reported: unknown[] = [];
    const predictor = new Predictor({ predict: () => Promise.reject(cause) });
    const app = createApp(predictor, (error) => reported.push(error));
    for (const path of ["/predict", "/optimized_predict"]) {
      const response = await app.request(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "[1,2,3,4,5,6,7,8,9,10]",
      });
      assert.equal(response.status, 500);
      assert(!(await response.text()).includes(secret));
    }
    assert.deepEqual(reported, [cause, cause]);
  });
});
