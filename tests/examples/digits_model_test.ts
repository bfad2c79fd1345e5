import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Probabilities } from "../../examples/predictions/digits/model.ts";
import { readNetwork } from "../../examples/predictions/digits/weights.ts";
import { PlainModel } from "../../examples/predictions/digits/plain_model.ts";
import { loadTfjsDigits } from "../../examples/predictions/digits/tfjs_model.ts";
import { readDigits } from "../../examples/predictions/digits/training/mnist.ts";

const model = await loadTfjsDigits();
const { heldOut } = readDigits();
const images = heldOut.map(({ image }) => image);

describe("TfjsDigits", () => {
  it("reads at least 97 % of 2,004 digits that it was not trained on", () => {
    assert.equal(heldOut.length, 2004);
    const right = model.classify(images).filter((probabilities, at) =>
      likeliest(probabilities) === heldOut[at]!.digit
    );
    const accuracy = right.length / heldOut.length;
    assert(accuracy >= 0.97, `The accuracy is ${accuracy}`);
  });

  it("gives ten probabilities that make 1 together", () => {
    for (const probabilities of model.classify(images.slice(0, 100))) {
      assert.equal(probabilities.length, 10);
      assert(probabilities.every((p) => p >= 0 && p <= 1));
      const sum = probabilities.reduce((all, p) => all + p, 0);
      assert(Math.abs(sum - 1) < 1e-12, `The sum is ${sum}`);
    }
  });

  it("gives an image the same bits alone and in batches of every size", () => {
    const some = images.slice(0, 200);
    const alone = some.map((image) => model.classify([image])[0]);
    for (const size of [2, 3, 5, 7, 16, 31, 64, 200]) {
      for (let start = 0; start < some.length; start += size) {
        assert.deepEqual(
          model.classify(some.slice(start, start + size)),
          alone.slice(start, start + size),
        );
      }
    }
  });

  it("answers no images with no probabilities", () => {
    assert.deepEqual(model.classify([]), []);
  });

  it("leaves no tensor behind in 1,000 calls", () => {
    const { numTensors, numDataBuffers } = tf.memory();
    for (let turn = 0; turn < 1000; turn++) {
      model.classify(images.slice(turn, turn + 1 + turn % 16));
    }
    const after = tf.memory();
    assert.deepEqual(
      [after.numTensors, after.numDataBuffers],
      [numTensors, numDataBuffers],
    );
  });
});

describe("PlainModel", () => {
  it("says what the engine says, within 1e-5", async () => {
    const plain = new PlainModel(await readNetwork());
    const said = model.classify(images);
    plain.classify(images).forEach((probabilities, at) => {
      probabilities.forEach((p, digit) => {
        const far = Math.abs(p - said[at]![digit]!);
        assert(far < 1e-5, `${p} is ${far} away`);
      });
    });
  });
});

function likeliest(probabilities: Probabilities): number {
  return probabilities.indexOf(Math.max(...probabilities));
}
