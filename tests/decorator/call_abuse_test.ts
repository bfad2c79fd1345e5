import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batched, batcherOf, BatchResultError } from "../../mod.ts";
import { Doubler } from "./doubler.ts";

describe("A batched method without a twin", () => {
  class Lost {
    // @ts-expect-error no predictBatch() here
    @Batched()
    predict(x: number): Promise<number> {
      return Promise.resolve(x);
    }
    // @ts-expect-error no many() here
    @Batched({ handler: "many" })
    run(x: number): Promise<number> {
      return Promise.resolve(x);
    }
    // @ts-expect-error the twin is no method
    @Batched()
    load(x: number): Promise<number> {
      return Promise.resolve(x);
    }
    readonly loadBatch = 7;
  }
  const words = (method: string, twin: string) => ({
    name: "TypeError",
    message:
      `Cannot batch ${method}(): no public method ${twin}() beside it, add one or pass { handler }`,
  });

  it("Rejects each call, in the words of the compiler", async () => {
    const lost = new Lost();
    const answers = [lost.predict(1), lost.predict(2)];
    await assert.rejects(answers[0]!, words("predict", "predictBatch"));
    await assert.rejects(answers[1]!, words("predict", "predictBatch"));
    await assert.rejects(lost.run(1), words("run", "many"));
    await assert.rejects(lost.load(1), words("load", "loadBatch"));
  });

  it("Has no batcher", () => {
    const lost = new Lost();
    assert.throws(
      () => batcherOf(lost, "predict"),
      words("predict", "predictBatch"),
    );
  });

  it("Works once it has one", async () => {
    const lost = new Lost();
    await assert.rejects(lost.predict(1), TypeError);
    Object.assign(lost, { predictBatch: (xs: number[]) => xs });
    assert.deepEqual(await Promise.all([lost.predict(1), lost.predict(2)]), [
      1,
      2,
    ]);
  });

  it("Rejects the batch if it has lost it since", async () => {
    const lost = new Lost();
    Object.assign(lost, { predictBatch: (xs: number[]) => xs });
    assert.equal(await lost.predict(1), 1);
    Reflect.deleteProperty(lost, "predictBatch");
    const answers = [lost.predict(1), lost.predict(2)];
    await assert.rejects(answers[0]!, words("predict", "predictBatch"));
    await assert.rejects(answers[1]!, words("predict", "predictBatch"));
  });
});

describe("A batched method called in a wrong way", () => {
  it("Taken off its object rejects and names itself", async () => {
    const { double } = new Doubler();
    for (const self of [undefined, null, 1, "text", true, Symbol(), 1n]) {
      await assert.rejects(double.call(self as never, 1), {
        name: "TypeError",
        message:
          "Cannot call double(): it was taken off its object, call it on the object or bind it",
      });
    }
  });

  it("With unknown keys rejects that call alone", async () => {
    const doubler = new Doubler();
    const { signal } = new AbortController();
    const wrong: unknown[] = [{ topK: 3 }, signal, { signal: "no" }];
    const calls = wrong.map((call) => doubler.double(1, call as never));
    const good = [doubler.double(2), doubler.double(3)];
    for (const call of calls) await assert.rejects(call, TypeError);
    assert.deepEqual(await Promise.all(good), [4, 6]);
    assert.deepEqual(doubler.batches, [[2, 3]]);
  });

  it("Whose twin answers the wrong number rejects all its calls", async () => {
    class Short extends Doubler {
      override doubleBatch(): Promise<number[]> {
        return Promise.resolve([1]);
      }
    }
    const short = new Short();
    for (const answer of [1, 2, 3].map((x) => short.double(x))) {
      await assert.rejects(answer, (error: unknown) => {
        assert.ok(error instanceof BatchResultError);
        assert.deepEqual([error.expected, error.received], [3, 1]);
        return true;
      });
    }
  });

  it("Whose twin answers nothing names done()", async () => {
    class Silent extends Doubler {
      override doubleBatch(): Promise<number[]> {
        return Promise.resolve(undefined as never);
      }
    }
    const silent = new Silent();
    const answers = [silent.double(1), silent.double(2)];
    await assert.rejects(answers[0]!, /done\(\)/);
    await assert.rejects(answers[1]!, BatchResultError);
  });
});
