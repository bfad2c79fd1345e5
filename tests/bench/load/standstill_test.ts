import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Standstill } from "../../../bench/load/standstill.ts";

describe("A standstill", () => {
  it("Is noticed when it has ended, however soon somebody asks", () => {
    const standstill = new Standstill();
    const begun = performance.now();
    while (performance.now() < begun + 150);
    assert.ok(standstill.since(begun));
    assert.ok(standstill.since(begun));
    assert.ok(!standstill.since(Infinity));
    standstill.end();
  });
});
