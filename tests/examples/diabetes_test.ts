import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  features,
  r2,
  readDiabetes,
} from "../../examples/predictions/diabetes.ts";

describe("readDiabetes()", () => {
  it("gives 442 rows of ten numbers, every fifth of them held out", async () => {
    const { training, heldOut } = await readDiabetes();
    assert.deepEqual([training.length, heldOut.length], [353, 89]);
    for (const { row, progression } of [...training, ...heldOut]) {
      assert.equal(row.length, features.length);
      assert([...row, progression].every(Number.isFinite));
    }
    assert.equal(heldOut[0]!.progression, 151);
    assert.equal(training[0]!.progression, 75);
  });
});

describe("r2()", () => {
  it("is 1 for the truth, 0 for its mean, and below 0 for worse", () => {
    const actual = [1, 2, 3];
    assert.equal(r2(actual, [1, 2, 3]), 1);
    assert.equal(r2(actual, [2, 2, 2]), 0);
    assert.equal(r2(actual, [3, 2, 1]), -3);
  });
});
