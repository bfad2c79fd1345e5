import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Digits } from "../../examples/predictions/digits/digits.ts";
import { loadTfjsDigits } from "../../examples/predictions/digits/tfjs_model.ts";
import { readWall } from "../../examples/predictions/digits/wall_file.ts";
import { batcherOf, closeAll } from "../../mod.ts";

const digits = new Digits(await loadTfjsDigits());
const wall = await readWall();

describe("Digits", () => {
  after(() => closeAll(digits));

  it("reads a wall of 256 in four batches, to the bits of one by one", async () => {
    const together = await Promise.all(
      wall.map(({ image }) => digits.classify(image)),
    );
    const { batches, results } = batcherOf(digits, "classify").stats();
    assert.deepEqual([batches, results], [4, 256]);
    for (const [at, { image }] of wall.entries()) {
      assert.deepEqual(await digits.classifyBatch([image]), [together[at]]);
    }
  });

  it("reads nearly all of them right", async () => {
    const read = await digits.classifyBatch(wall.map(({ image }) => image));
    const right = read.filter((probabilities, at) =>
      probabilities[wall[at]!.digit] === Math.max(...probabilities)
    );
    assert(right.length >= 0.97 * wall.length, `${right.length} of them`);
  });
});
