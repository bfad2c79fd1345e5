import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batcher,
  BatchResultError,
  BatchTimeoutError,
  BatchTooLargeError,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  QueueFullError,
  RetryError,
} from "../mod.ts";
import { withoutStack } from "../src/errors.ts";

const errors: [Error, string, object][] = [
  [
    new QueueFullError("x", { retryAfterMs: 5 }),
    "BATCHED_QUEUE_FULL",
    { retryAfterMs: 5 },
  ],
  [new ClosedError("x"), "BATCHED_CLOSED", {}],
  [
    new DeadlineError("x", { deadlineMs: 5 }),
    "BATCHED_DEADLINE",
    { deadlineMs: 5 },
  ],
  [
    new BatchTimeoutError("x", { batchTimeoutMs: 5 }),
    "BATCHED_BATCH_TIMEOUT",
    { batchTimeoutMs: 5 },
  ],
  [
    new BatchResultError("x", { expected: 2, received: 1 }),
    "BATCHED_BATCH_RESULT",
    { expected: 2, received: 1 },
  ],
  [
    new ItemTooHeavyError("x", { weight: 9, maxWeight: 4 }),
    "BATCHED_ITEM_TOO_HEAVY",
    { weight: 9, maxWeight: 4 },
  ],
  [
    new RetryError("x", { attempts: 3, cause: "why" }),
    "BATCHED_RETRY",
    { attempts: 3, cause: "why" },
  ],
  [
    new BatchTooLargeError("x", { cause: 413 }),
    "BATCHED_BATCH_TOO_LARGE",
    { cause: 413 },
  ],
];

describe("Errors", () => {
  for (const [error, code, data] of errors) {
    it(`${error.name} has its name, its code and its data`, () => {
      assert.ok(error instanceof Error);
      assert.equal(error.name, error.constructor.name);
      assert.equal(error.message, "x");
      const { code: got, ...rest } = error as Error & { code: string };
      assert.equal(got, code);
      for (const [key, value] of Object.entries(data)) {
        assert.equal(Reflect.get(error, key), value);
      }
      assert.ok(Object.keys(rest).length <= Object.keys(data).length + 1);
    });
  }

  it("Every code is another", () => {
    assert.equal(new Set(errors.map(([, code]) => code)).size, errors.length);
  });

  it("A retry without a cause has none", () => {
    const error = new RetryError("x", { attempts: 1 });
    assert.equal("cause" in error, false);
    const undefinedCause = { attempts: 1, cause: undefined };
    assert.equal("cause" in new RetryError("x", undefinedCause), true);
  });
});

describe("Errors of refused calls are cheap", () => {
  const frames = (error: unknown) => /\n\s+at /.test((error as Error).stack!);

  it("A call that is refused by a full or closed batcher builds no stack", async () => {
    const batcher = new Batcher((xs: number[]) => xs, { size: 1, maxQueue: 0 });
    batcher.run(1);
    const full = await batcher.run(2).catch((error) => error);
    assert.ok(full instanceof QueueFullError);
    await batcher.close();
    const closed = await batcher.run(3).catch((error) => error);
    assert.ok(closed instanceof ClosedError);
    assert.deepEqual([frames(full), frames(closed)], [false, false]);
    assert.ok(frames(new Error("other errors have one")));
  });

  it("The stack limit is as it was afterwards, also when making one throws", () => {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 7;
    try {
      withoutStack(() => new ClosedError("x"));
      assert.equal(Error.stackTraceLimit, 7);
      const make = () => {
        throw new Error("no error");
      };
      assert.throws(() => withoutStack(make));
      assert.equal(Error.stackTraceLimit, 7);
    } finally {
      Error.stackTraceLimit = before;
    }
  });

  it("An Error class that nobody may change does no harm", () => {
    const set = Reflect.set;
    try {
      Reflect.set = () => false;
      const error = withoutStack(() => new ClosedError("x"));
      assert.ok(error instanceof ClosedError);
    } finally {
      Reflect.set = set;
    }
  });
});
