import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { r2, readDiabetes } from "../../examples/predictions/diabetes.ts";
import { loadTfjsModel } from "../../examples/predictions/tfjs_model.ts";

const model = await loadTfjsModel();
const { training, heldOut } = await readDiabetes();

describe("TfjsModel", () => {
  it("explains at least 40 % of the spread of rows it was not trained on", () => {
    const predictions = model.predict(heldOut.map(({ row }) => row));
    const score = r2(
      heldOut.map(({ progression }) => progression),
      predictions.map(({ mean }) => mean),
    );
    assert(score >= 0.4, `R2 is ${score}`);
  });

  it("says how far its networks disagree", () => {
    for (const { std } of model.predict(training.map(({ row }) => row))) {
      assert(std > 0 && std < 100, `The deviation is ${std}`);
    }
  });

  it("gives a row the same bits alone and in batches of every size", () => {
    const rows = training.slice(0, 200).map(({ row }) => row);
    const alone = rows.map((row) => model.predict([row])[0]);
    for (const size of [2, 3, 5, 7, 16, 31, 64, 200]) {
      for (let start = 0; start < rows.length; start += size) {
        assert.deepEqual(
          model.predict(rows.slice(start, start + size)),
          alone.slice(start, start + size),
        );
      }
    }
  });

  it("answers no rows with no predictions", () => {
    assert.deepEqual(model.predict([]), []);
  });

  it("gives finite answers to the largest numbers of float32", () => {
    const largest = Math.fround(3.4028234e38);
    for (const x of [largest, -largest]) {
      const [prediction] = model.predict([Array.from({ length: 10 }, () => x)]);
      assert(
        Number.isFinite(prediction!.mean),
        `The mean is ${prediction!.mean}`,
      );
      assert(
        Number.isFinite(prediction!.std),
        `The deviation is ${prediction!.std}`,
      );
    }
  });

  it("leaves no tensor behind in 1,000 predictions", () => {
    const rows = training.map(({ row }) => row);
    const { numTensors, numDataBuffers } = tf.memory();
    for (let turn = 0; turn < 1000; turn++) {
      model.predict(rows.slice(turn % 64, turn % 64 + 1 + turn % 16));
    }
    const after = tf.memory();
    assert.deepEqual(
      [after.numTensors, after.numDataBuffers],
      [numTensors, numDataBuffers],
    );
  });
});
