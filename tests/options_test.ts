import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adaptive, Batcher, natural, window } from "../mod.ts";
import { VirtualHost } from "../src/testing.ts";

const echo = (xs: number[]) => xs;
const make = (options: unknown) => new Batcher(echo, options as object);

describe("Options of a batcher", () => {
  const wrong: [string, unknown, "TypeError" | "RangeError", string][] = [
    ["size", 0, "RangeError", "an integer >= 1 or Infinity, got 0"],
    ["size", -1, "RangeError", "got -1"],
    ["size", 1.5, "RangeError", "got 1.5"],
    ["size", NaN, "RangeError", "got NaN"],
    ["size", "64", "TypeError", 'got "64"'],
    ["size", null, "TypeError", "got null"],
    ["size", 64n, "TypeError", "got 64"],
    ["maxWaitMs", -1, "RangeError", "a number of ms >= 0, got -1"],
    ["maxWaitMs", NaN, "RangeError", "got NaN"],
    ["maxWaitMs", "5ms", "TypeError", 'got "5ms"'],
    ["policy", "natural", "TypeError", 'forLane(), got "natural"'],
    ["policy", natural, "TypeError", "got a function"],
    ["policy", {}, "TypeError", "got an object"],
    ["concurrency", 0, "RangeError", "an integer >= 1 or Infinity, got 0"],
    ["concurrency", 2.5, "RangeError", "got 2.5"],
    ["concurrency", true, "TypeError", "got true"],
    ["lane", "tenant", "TypeError", "a function"],
    ["dedupe", true, "TypeError", "a function, got true"],
    ["maxQueue", -1, "RangeError", "an integer >= 0 or Infinity, got -1"],
    ["maxQueue", 0.5, "RangeError", "got 0.5"],
    [
      "overflow",
      "wait",
      "TypeError",
      '"drop-oldest", "drop-lowest", got "wait"',
    ],
    ["overflow", 1, "TypeError", "got 1"],
    ["maxQueuePerLane", -1, "RangeError", "an integer >= 0 or Infinity"],
    ["weigh", 5, "TypeError", "a function, got 5"],
    ["maxWeight", 0, "RangeError", "a number > 0, got 0"],
    ["maxWeight", "1kB", "TypeError", 'got "1kB"'],
    [
      "preferredSizes",
      [],
      "TypeError",
      "must be an array of integers >= 1 in ascending order, got an array",
    ],
    ["preferredSizes", [8, 4], "TypeError", "ascending order"],
    ["preferredSizes", [4, 4], "TypeError", "ascending order"],
    ["preferredSizes", [1.5, 2], "TypeError", "ascending order"],
    ["preferredSizes", new Array(2), "TypeError", "ascending order"],
    ["preferredSizes", 8, "TypeError", "got 8"],
    ["preferredSizes", null, "TypeError", "ascending order, got null"],
    ["preferredSizes", new Uint8Array([1, 2]), "TypeError", "ascending order"],
    ["rateLimit", 5, "TypeError", "an object, got 5"],
    ["deadlineMs", 0, "RangeError", "> 0, got 0"],
    ["deadlineMs", -5, "RangeError", "got -5"],
    ["deadlineMs", NaN, "RangeError", "got NaN"],
    ["deadlineMs", [1], "TypeError", "got an array"],
    ["batchTimeoutMs", 0, "RangeError", "> 0, got 0"],
    ["batchTimeoutMs", "1s", "TypeError", 'got "1s"'],
    ["isolate", true, "TypeError", '"each", "bisect", got true'],
    ["isolate", "halves", "TypeError", 'got "halves"'],
    ["retry", 3, "TypeError", "an object, got 3"],
    ["retry", {}, "TypeError", '"attempts" must be given'],
    ["retry", { attempts: 0 }, "RangeError", "an integer >= 1 or Infinity"],
    ["retry", { attempts: 2, delayMs: -1 }, "RangeError", "ms >= 0, got -1"],
    ["retry", { attempts: 2, delayMs: "1" }, "TypeError", 'got "1"'],
    ["retry", { attempts: 2, delay: 1 }, "TypeError", 'option "delay"'],
    ["name", 5, "TypeError", "a string, got 5"],
    [
      "host",
      { now: echo, hop: echo, timer: echo },
      "TypeError",
      "neutral(), got an object",
    ],
    ["hooks", () => {}, "TypeError", "an object, got a function"],
    ["hooks", null, "TypeError", "got null"],
    ["host", {}, "TypeError", "now"],
    ["host", { now: () => 0, hop() {} }, "TypeError", "timer"],
  ];
  for (const [option, value, name, wanted] of wrong) {
    it(`${option}: ${String(value)} is a ${name} that names all three`, () => {
      assert.throws(() => make({ [option]: value }), (error: Error) => {
        assert.equal(error.name, name);
        assert.ok(error.message.startsWith("Cannot make a batcher: "));
        assert.ok(error.message.includes(`"${option}"`), error.message);
        assert.ok(error.message.includes(wanted), error.message);
        return true;
      });
    });
  }

  it("R6 maxWeight without weigh would mean nothing that size does not say", () => {
    assert.throws(() => make({ maxWeight: 5 }), {
      name: "TypeError",
      message:
        'Cannot make a batcher: "weigh" must be given with maxWeight, got undefined',
    });
  });

  it("Unknown options are refused, and the known ones are listed", () => {
    assert.throws(() => make({ maxWaitMS: 5 }), {
      name: "TypeError",
      message: /unknown option "maxWaitMS", wanted one of size, maxWaitMs/,
    });
    assert.throws(() => make(Object.create({ batchSize: 5 })), {
      name: "TypeError",
    });
  });

  it("Unknown are those, too, that are called like what every object has", () => {
    for (const key of ["constructor", "toString"]) {
      assert.throws(() => make({ [key]: 1 }), {
        name: "TypeError",
        message: new RegExp(`unknown option "${key}"`),
      });
    }
  });

  it("A long text that is wrong is shown in part", () => {
    const size = "1".repeat(1000);
    assert.throws(() => make({ size }), {
      name: "TypeError",
      message: new RegExp(`got "${"1".repeat(40)}"$`),
    });
  });

  it("What is switched off needs nothing that it would need", () => {
    assert.doesNotThrow(() => adaptive({ shed: false }));
  });

  it("Unknown hooks and hooks that are no functions are refused", () => {
    assert.throws(() => make({ hooks: { onBatch() {} } }), {
      name: "TypeError",
      message: /in "hooks": unknown option "onBatch"/,
    });
    assert.throws(() => make({ hooks: { onCall: 5 } }), {
      name: "TypeError",
      message: /in "hooks": "onCall" must be a function, got 5/,
    });
  });

  it("Options that are no object are refused", () => {
    for (const options of [null, 5, "size", true]) {
      assert.throws(() => make(options), {
        name: "TypeError",
        message: /"options" must be an object/,
      });
    }
  });

  it("A handler that is no function is refused", () => {
    for (const handler of [undefined, null, {}, "handler"]) {
      assert.throws(() => new Batcher(handler as never), {
        name: "TypeError",
        message: /"handler" must be a function/,
      });
    }
  });

  it("undefined stands for every default", async () => {
    const batcher = make({
      size: undefined,
      maxWaitMs: undefined,
      policy: undefined,
      concurrency: undefined,
      lane: undefined,
      maxQueue: undefined,
      overflow: undefined,
      deadlineMs: undefined,
      batchTimeoutMs: undefined,
      isolate: undefined,
      retry: undefined,
      name: undefined,
      hooks: undefined,
      host: undefined,
    });
    const calls = Array.from({ length: 65 }, (_, x) => batcher.run(x));
    await Promise.all(calls);
    assert.equal(batcher.stats().size.max, 64);
    assert.equal(batcher.full, false);
    assert.equal(batcher.name, "echo");
  });

  it("Every option at its edge is taken", () => {
    make({ size: 1, maxWaitMs: 0, concurrency: 1, maxQueue: 0 });
    make({ size: Infinity, maxWaitMs: Infinity, concurrency: Infinity });
    make({ maxQueue: Infinity, deadlineMs: Infinity, name: "", hooks: {} });
    make({ batchTimeoutMs: 0.5, isolate: "each" });
    make({ retry: { attempts: 1, delayMs: undefined } });
    make({ retry: { attempts: Infinity, delayMs: 0 } });
    make({ retry: { attempts: 2, delayMs: (attempt: number) => attempt } });
    make({ batchTimeoutMs: Infinity });
    make({ deadlineMs: 0.5, maxWaitMs: 0.5, overflow: "drop-oldest" });
    make({ maxWeight: 0.5, weigh: () => 0.1 });
    make({ rateLimit: { batches: 1, perMs: 0.5 } });
    make({ policy: window(5), lane: () => 1 });
    make({ size: 5, preferredSizes: [4, 8] });
  });

  it("configure() changes nothing when a change throws that is read", async () => {
    const batcher = make({ size: 2 });
    const changes = {
      size: 1,
      get concurrency(): number {
        throw new Error("the getter's");
      },
    };
    assert.throws(() => batcher.configure(changes), /the getter's/);
    await Promise.all([1, 2].map((x) => batcher.run(x)));
    assert.equal(batcher.stats().batches, 1);
  });

  it("close() and ready() reject when an option throws that is read, and do nothing", async () => {
    const batcher = make({});
    const throwing = (key: string) => ({
      get [key]() {
        throw new Error("the getter's");
      },
    });
    const wanted = /the getter's/;
    await assert.rejects(batcher.close(throwing("timeoutMs")), wanted);
    await assert.rejects(batcher.ready(throwing("signal")), wanted);
    assert.equal(await batcher.run(1), 1);
  });

  it("They are read once: an object that changes later changes nothing", async () => {
    const options = { size: 2 };
    const batcher = make(options);
    options.size = 1;
    await Promise.all([1, 2].map((x) => batcher.run(x)));
    assert.equal(batcher.stats().batches, 1);
  });

  it("The name is the handler's, if it has one", () => {
    assert.equal(new Batcher(echo, { name: "mine" }).name, "mine");
    assert.equal(new Batcher(echo).name, "echo");
    assert.equal(new Batcher((() => (xs: number[]) => xs)()).name, "batched");
  });

  it("window() refuses what is no span of time", () => {
    for (const ms of [-1, NaN, undefined]) {
      assert.throws(() => window(ms as number), RangeError);
    }
  });

  it("A policy goes before maxWaitMs where both are given", async () => {
    const host = new VirtualHost();
    const policy = window(10);
    const options = { policy, maxWaitMs: 1000, host };
    const batcher = new Batcher(echo, options);
    batcher.run(1);
    await host.advance(10);
    assert.equal(batcher.stats().batches, 1);
  });

  it("window() refuses what is no number, as maxWaitMs does", () => {
    for (const ms of ["5", null, [5], 5n]) {
      assert.throws(() => window(ms as never), {
        message: /"maxWaitMs" must be a number of ms >= 0/,
      });
    }
  });
});

describe("What a call may ask for", () => {
  const wrong: [string, unknown, string][] = [
    ["signal", "stop", '"signal" must be an AbortSignal, got "stop"'],
    ["signal", new AbortController(), "got an object"],
    ["signal", new EventTarget(), "got an object"],
    ["signal", { aborted: false }, "got an object"],
    ["deadlineMs", 0, "a number of ms > 0, got 0"],
    ["deadlineMs", "5", 'got "5"'],
    ["deadlineMs", NaN, "got NaN"],
    ["onSettle", {}, "a function, got an object"],
    ["priority", 11, '"priority" must be an integer from -10 to 10, got 11'],
    ["priority", 0.5, '"priority" must be an integer from -10 to 10, got 0.5'],
    ["lane", {}, '"lane" must be a primitive, got an object'],
    ["lane", () => 1, '"lane" must be a primitive, got a function'],
    ["size", 1, 'unknown option "size", wanted one of signal'],
  ];
  for (const [option, value, wanted] of wrong) {
    it(`${option}: ${String(value)} rejects that call and no other`, async () => {
      const batcher = new Batcher(echo);
      const other = batcher.run(1);
      await assert.rejects(
        batcher.run(2, { [option]: value }),
        (error: Error) => {
          assert.ok(["TypeError", "RangeError"].includes(error.name));
          assert.ok(error.message.startsWith("Cannot take the call: "));
          assert.ok(error.message.includes(wanted), error.message);
          return true;
        },
      );
      assert.equal(await other, 1);
      assert.equal(batcher.stats().calls, 1);
    });
  }

  it("What is no object asks for nothing", async () => {
    const batcher = new Batcher(echo);
    for (const call of [undefined, null, 0, 7, "x", true, Symbol(), () => {}]) {
      assert.equal(await batcher.run(1, call as never), 1);
    }
  });

  it("An AbortSignal in place of { signal } is caught", async () => {
    const { signal } = new AbortController();
    await assert.rejects(new Batcher(echo).run(1, signal as never), {
      name: "TypeError",
      message: /Cannot take the call: unknown option/,
    });
  });

  it("What a class lends its objects is checked, too, though no loop finds it", async () => {
    class Demands {
      get priority() {
        return 99;
      }
    }
    const { signal } = new AbortController();
    for (
      const call of [new Demands(), Object.assign(new Demands(), { signal })]
    ) {
      await assert.rejects(new Batcher(echo).run(1, call as never), {
        name: "RangeError",
        message: /"priority" must be an integer from -10 to 10, got 99/,
      });
    }
  });

  it("undefined and an empty object ask for nothing", async () => {
    const batcher = new Batcher(echo);
    const nothing = {
      signal: undefined,
      deadlineMs: undefined,
      onSettle: undefined,
    };
    assert.equal(await batcher.run(1, nothing), 1);
    assert.equal(await batcher.run(1, {}), 1);
  });

  it("A getter that throws rejects the call", async () => {
    const call = {
      get deadlineMs(): number {
        throw new Error("from the getter");
      },
    };
    await assert.rejects(new Batcher(echo).run(1, call), {
      message: "from the getter",
    });
  });
});
