import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDiabetes } from "../../examples/predictions/diabetes.ts";
import {
  networkCount,
  readEnsemble,
  widths,
} from "../../examples/predictions/ensemble.ts";
import { lessonsOf } from "../../examples/predictions/training/lessons.ts";
import { trainNetwork } from "../../examples/predictions/training/train_network.ts";

describe("The committed weights", () => {
  it("are sixteen networks of the described widths", async () => {
    const { networks } = await readEnsemble();
    assert.equal(networks.length, networkCount);
    for (const layers of networks) {
      assert.deepEqual(
        layers.map(({ inputs, outputs }) => [inputs, outputs]),
        widths.slice(1).map((outputs, at) => [widths[at], outputs]),
      );
      for (const { inputs, outputs, weights, bias } of layers) {
        assert.deepEqual(
          [weights.length, bias.length],
          [inputs * outputs, outputs],
        );
      }
    }
  });

  it("come out of the training rows alone, bit for bit on every runtime", async () => {
    const { networks, inputs, output } = await readEnsemble();
    const { training } = await readDiabetes();
    const learned = lessonsOf(training);
    assert.deepEqual([learned.inputs, learned.output], [inputs, output]);
    // The first and the last one stand for all: each takes a tenth of a second.
    for (const seed of [0, networkCount - 1]) {
      const { network } = trainNetwork(learned.lessons, seed);
      assert.deepEqual(network, networks[seed]);
    }
  });
});
