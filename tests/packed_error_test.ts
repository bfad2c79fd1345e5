import assert from "node:assert/strict";
import { describe, it } from "node:test";
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
