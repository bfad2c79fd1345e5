import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RetryError } from "../mod.ts";
import { packError, unpackError } from "../src/packed_error.ts";

/** What arrives elsewhere. */
function sent(error: unknown): unknown {
  return unpackError(structuredClone(packError(error)));
}

describe("packError() and unpackError()", () => {
  it("An AggregateError arrives with its class and what it gathers", () => {
    const cause = new RangeError("odd");
    const inner = new TypeError("first", { cause });
    const gathered = new AggregateError([inner, "second"], "all", { cause });
    const error = sent(gathered);
    assert.ok(error instanceof AggregateError);
    assert.deepEqual([error.message, error.stack], ["all", gathered.stack]);
    const [first, second] = error.errors;
    assert.ok(first instanceof TypeError);
    assert.ok(first.cause instanceof RangeError);
    assert.equal(second, "second");
    assert.ok(error.cause instanceof RangeError);
  });

  it("Fields that are plain arrive, and whatever its cause and name are", () => {
    const odd = new Error("odd", { cause: 0 });
    const fields = {
      name: 7,
      none: null,
      big: 1n,
      key: Symbol("key"),
      list: [],
    };
    const error = sent(Object.assign(odd, fields)) as
      & typeof odd
      & typeof fields;
    assert.deepEqual([error.name, error.cause], ["7", 0]);
    assert.deepEqual([error.none, error.big], [null, 1n]);
    assert.deepEqual([error.key, error.list], [undefined, undefined]);
  });

  it("Fields arrive beside a cause, in errors of this library as well", () => {
    const cause = new RangeError("odd");
    const error = sent(new RetryError("all", { attempts: 3, cause }));
    assert.ok(error instanceof RetryError);
    assert.equal(error.attempts, 3);
    assert.ok(error.cause instanceof RangeError);
  });

  it("One without a stack arrives without one", () => {
    const error = Object.assign(new Error("odd"), { stack: undefined });
    assert.equal((sent(error) as Error).stack, undefined);
  });

  it("Name and stack may be changed, as those of any error", () => {
    class Odd extends Error {}
    Object.defineProperty(Odd.prototype, "name", { value: "Odd" });
    const error = sent(new Odd()) as Error;
    assert.equal(error.name, "Odd");
    error.name = "Even";
    error.stack = "nowhere";
    assert.deepEqual([error.name, error.stack], ["Even", "nowhere"]);
    for (const key of ["name", "stack"]) {
      assert.ok(Reflect.deleteProperty(error, key));
    }
  });

  it("Causes of causes are followed for a while", () => {
    let error: unknown;
    for (let step = 20; step >= 0; step--) {
      error = Object.assign(new RangeError("odd", { cause: error }), { step });
    }
    const steps: unknown[] = [];
    for (
      let at = sent(error) as { step?: unknown; cause?: unknown };
      at?.step !== undefined;
      at = at.cause as typeof at
    ) {
      steps.push(at.step);
    }
    assert.deepEqual(steps, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("An AggregateError to which its own errors lead back is opened once", () => {
    const gathered = new AggregateError([], "all");
    for (const message of ["first", "second", "third"]) {
      gathered.errors.push(new TypeError(message, { cause: gathered }));
    }
    const { errors } = sent(gathered) as AggregateError;
    assert.deepEqual(errors.map(String), [
      "TypeError: first",
      "TypeError: second",
      "TypeError: third",
    ]);
    for (const { cause } of errors) {
      assert.ok(cause instanceof AggregateError);
      assert.deepEqual([cause.message, cause.errors.length], ["all", 0]);
    }
  });

  it("A name that all objects know is a name like any other", () => {
    for (const name of ["constructor", "toString", "__proto__"]) {
      const error = sent(Object.assign(new Error("odd"), { name }));
      assert.ok(error instanceof Error);
      assert.deepEqual([error.name, error.message], [name, "odd"]);
    }
  });

  it("What cannot be read arrives as what can be said of it", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const nameless = Object.assign(Object.create(null), { run() {} });
    const guarded = Object.defineProperty(new Error("odd"), "cause", {
      get: () => assert.fail("not now"),
    });
    assert.deepEqual([proxy, nameless, Symbol("s"), guarded].map(sent), [
      "a value of type object that cannot be read",
      "a value of type object that cannot be read",
      "Symbol(s)",
      "Error: odd",
    ]);
  });
});
