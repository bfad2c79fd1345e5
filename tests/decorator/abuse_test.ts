import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batched, batched } from "../../mod.ts";

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
    assert.throws(() => bare(class {}, undefined), {
      name: "TypeError",
      message: "Cannot batch this: write @Batched() in place of @Batched",
    });
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
    await assert.rejects(call(3, { kind: "query" }), {
      name: "TypeError",
      message: /unknown option "kind"/,
    });
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
    assert.throws(
      // @ts-expect-error a function is no method
      () => Batched()(() => {}),
      { name: "TypeError", message: "Cannot batch this: it is no method" },
    );
  });
});
