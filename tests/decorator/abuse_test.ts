import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Batched,
  batched,
  batchedMethods,
  batcherOf,
  batchersOf,
  BatchResultError,
  closeAll,
} from "../../mod.ts";
import { Doubler } from "./doubler.ts";

/** A decorator, as those see it who write JavaScript. */
type Untyped = (target: unknown, name: unknown, descriptor?: unknown) => void;

const untyped = Batched as (options?: unknown) => Untyped;

/** Defines a class, whose decorators may throw. */
function defining(decorator: Untyped): () => unknown {
  return () => {
    class Model {
      @decorator
      predict(x: number): Promise<number> {
        return Promise.resolve(x);
      }
      predictBatch(xs: number[]): number[] {
        return xs;
      }
    }
    return Model;
  };
}

/** The same with a static method. */
function definingStatic(decorator: Untyped): () => unknown {
  return () => {
    class Model {
      @decorator
      static predict(x: number): Promise<number> {
        return Promise.resolve(x);
      }
    }
    return Model;
  };
}

describe("@Batched in a wrong way", () => {
  it("Without a call throws and says what to write", () => {
    const bare = Batched as unknown as Untyped;
    for (const define of [defining(bare), definingStatic(bare)]) {
      assert.throws(define, {
        name: "TypeError",
        message:
          "Cannot batch predict(): write @Batched() in place of @Batched",
      });
    }
  });

  it("Confused with batched() throws and says what to write", () => {
    const wrong: unknown[] = [
      batched,
      batched((xs: number[]) => xs),
    ];
    for (const decorator of wrong as Untyped[]) {
      for (const define of [defining(decorator), definingStatic(decorator)]) {
        assert.throws(define, {
          name: "TypeError",
          message: /to decorate a method write @Batched\(\) in place of/,
        });
      }
    }
    const factory = batched as unknown as (options: unknown) => Untyped;
    assert.throws(() => defining(factory({ size: 64 }))(), {
      name: "TypeError",
      message:
        /must be a function .*, got object; to decorate a method write @Batched\(\)/,
    });
  });

  it("Does not take calls with odd arguments for decorations", async () => {
    const echo = batched((xs: unknown[]) => xs);
    const call = echo as (...given: unknown[]) => Promise<unknown>;
    const pairs = new Map([["key", 1]]);
    const answers: unknown[] = [];
    pairs.forEach((...given) => answers.push(call(...given)));
    assert.deepEqual(await Promise.all(answers), [1]);
    assert.equal(await call(2, "key", { value: 3 }), 2);
  });

  it("Throws for options that are wrong, when the class is defined", () => {
    const wrong: [unknown, RegExp][] = [
      [{ sise: 3 }, /unknown option "sise", wanted one of handler, size,/],
      [{ handler: 7 }, /"handler" must be a function or the name of a method/],
      [{ handler: "" }, /"handler" must be a function or the name/],
      [{ size: "3" }, /"size" must be an integer >= 1 or Infinity, got "3"/],
      [{ lane: "model" }, /"lane" must be a function, got "model"/],
      [{ hooks: { onCal() {} } }, /in "hooks": unknown option "onCal"/],
      [null, /"options" must be an object, got null/],
      ["predictBatch", /"options" must be an object, got "predictBatch"/],
    ];
    for (const [options, message] of wrong) {
      assert.throws(() => defining(untyped(options))(), {
        name: "TypeError",
        message,
      });
    }
    for (const options of [{ size: 0 }, { maxWaitMs: -1 }, { maxQueue: 0.5 }]) {
      assert.throws(() => defining(untyped(options))(), RangeError);
    }
  });

  it("Throws if the method is named as its own twin", () => {
    assert.throws(defining(untyped({ handler: "predict" })), {
      name: "TypeError",
      message:
        'Cannot batch predict(): "handler" must name another method, got "predict"',
    });
  });

  it("Throws if the method is named by a symbol and has no handler", () => {
    const key = Symbol("predict");
    assert.throws(
      () => {
        class Model {
          // @ts-expect-error no twin can be found by such a name
          @Batched()
          [key](x: number): Promise<number> {
            return Promise.resolve(x);
          }
        }
        return Model;
      },
      {
        name: "TypeError",
        message:
          "Cannot batch [predict](): it is named by a symbol, pass { handler }",
      },
    );
  });

  it("Throws on what is no method", () => {
    assert.throws(
      () => {
        class Model {
          // @ts-expect-error a getter is no method
          @Batched()
          get size(): Promise<number> {
            return Promise.resolve(1);
          }
        }
        return Model;
      },
      { name: "TypeError", message: /it is no method/ },
    );
    assert.throws(
      () => {
        class Model {
          // @ts-expect-error a field is no method
          @Batched()
          predict = (x: number): Promise<number> => Promise.resolve(x);
        }
        return Model;
      },
      { name: "TypeError", message: /it is no method/ },
    );
    assert.throws(
      () => {
        // @ts-expect-error a class is no method
        @Batched()
        class Model {}
        return Model;
      },
      { name: "TypeError", message: /it is no method/ },
    );
  });
});

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

describe("What is asked of objects in a wrong way", () => {
  class Model extends Doubler {
    @Batched({ handler: (xs) => xs })
    static load(x: number): Promise<number> {
      return Promise.resolve(x);
    }
  }

  it("batcherOf() names the batched methods that there are", () => {
    const wrong: [object, string, RegExp][] = [
      [
        new Model(),
        "dubble",
        /no batched method "dubble" here, it has "double"/,
      ],
      [new Model(), "doubleBatch", /no batched method "doubleBatch" here/],
      [Model, "double", /no batched method "double" here, it has "load"/],
      [Doubler, "double", /here, its instances have "double"/],
      [{}, "double", /no batched method "double" here, it has none/],
    ];
    for (const [object, method, message] of wrong) {
      assert.throws(() => batcherOf(object, method as never), {
        name: "TypeError",
        message,
      });
    }
  });

  it("batcherOf() does not take an override for the method that it hides", () => {
    class Sub extends Doubler {
      override double(x: number): Promise<number> {
        return super.double(x);
      }
    }
    assert.throws(() => batcherOf(new Sub(), "double"), {
      name: "TypeError",
      message: /no batched method "double" here, it has none/,
    });
  });

  it("All of them want objects", async () => {
    for (const value of [undefined, null, 1, "text"]) {
      const object = value as never;
      const error = {
        name: "TypeError",
        message: /wanted an object with batched methods, got /,
      };
      assert.throws(() => batcherOf(object, "double" as never), error);
      assert.throws(() => batchersOf(object), error);
      assert.throws(() => batchedMethods(object), error);
      await assert.rejects(closeAll(object), error);
    }
  });

  it("closeAll() closes nothing if one of its objects has nothing to close", async () => {
    const doubler = new Doubler();
    await assert.rejects(closeAll(doubler, {}), {
      name: "TypeError",
      message:
        "Cannot close: wanted an object with batched methods, it has none",
    });
    await assert.rejects(closeAll(doubler, Doubler), {
      name: "TypeError",
      message: /its instances have "double"/,
    });
    assert.equal(await doubler.double(1), 2);
  });
});
