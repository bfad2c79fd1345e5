import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { pixels, shape } from "../../examples/predictions/digits/network.ts";
import { readNetwork } from "../../examples/predictions/digits/weights.ts";
import { exponential } from "../../examples/predictions/digits/softmax.ts";
import { Learner } from "../../examples/predictions/digits/training/learner.ts";
import { readDigits } from "../../examples/predictions/digits/training/mnist.ts";
import { trainNetwork } from "../../examples/predictions/digits/training/train_network.ts";
import {
  readWall,
  zippedWall,
} from "../../examples/predictions/digits/wall_file.ts";
import { wallSize } from "../../examples/predictions/digits/wall.ts";

const { training, heldOut } = readDigits();

describe("readDigits()", () => {
  it("gives 10,000 images of ten digits, every fifth of each held out", () => {
    assert.deepEqual([training.length, heldOut.length], [7996, 2004]);
    for (const examples of [training, heldOut]) {
      const first = examples.slice(0, 20).map(({ digit }) => digit);
      assert.deepEqual(first, [...Array(20).keys()].map((at) => at % 10));
      for (const { image } of examples) assert.equal(image.length, pixels);
    }
  });

  it("shows the model no held-out image in training", () => {
    const seen = new Set(training.map(({ image }) => image.join()));
    assert.equal(seen.size, training.length);
    assert(heldOut.every(({ image }) => !seen.has(image.join())));
  });
});

describe("The wall", () => {
  it("has the first 256 held-out digits, in 50 KB", async () => {
    assert.deepEqual(await readWall(), heldOut.slice(0, wallSize));
    assert((await zippedWall()).length < 50_000);
  });
});

describe("The committed weights for digits", () => {
  it("have the described shape and at most 250 KB", async () => {
    const { convolutions, dense } = await readNetwork();
    assert.deepEqual(
      convolutions.map(({ side, channels, inputs, outputs }) => [
        side,
        channels,
        inputs,
        outputs,
      ]),
      [[28, 1, 9, 8], [14, 8, 72, 16]],
    );
    assert.deepEqual(
      dense.map(({ inputs, outputs }) => [inputs, outputs]),
      shape.widths.slice(1).map((outputs, at) => [shape.widths[at], outputs]),
    );
    let bytes = 0;
    for (const layer of [...convolutions, ...dense]) {
      const { inputs, outputs, weights, bias } = layer;
      assert.deepEqual(
        [weights.length, bias.length],
        [inputs * outputs, outputs],
      );
      bytes += weights.byteLength + bias.byteLength;
    }
    assert(bytes <= 250_000, `They have ${bytes} bytes`);
  });
});

describe("trainNetwork()", () => {
  it("learns, to the same bits on every runtime", () => {
    const losses: number[] = [];
    const { convolutions, dense } = trainNetwork(training.slice(0, 500), {
      seed: 1,
      epochs: 4,
      onEpoch: (_, loss) => losses.push(loss),
    });
    assert(losses.every((loss, at) => at === 0 || loss < losses[at - 1]!));
    const hash = createHash("sha256");
    for (const { weights, bias } of [...convolutions, ...dense]) {
      hash.update(new Uint8Array(weights.buffer)).update(
        new Uint8Array(bias.buffer),
      );
    }
    // What Deno, Bun and Node agree on.
    assert.equal(
      hash.digest("hex"),
      "ee31518d1571cb6f4af36bfd9306fde210e5b64272a8adf4d055d12964489b3f",
    );
  });
});

describe("Learner", () => {
  it("follows the slope of the loss", () => {
    const { image, digit } = training[0]!;
    const picture = Float32Array.from(image, (shade) => shade / 255);
    const learner = new Learner(1);
    const before = learner.study(picture, digit);
    learner.learn(1, 1e-4);
    assert(learner.study(picture, digit) < before);
  });
});

describe("exponential()", () => {
  it("is that of the runtime to eleven digits, and 0 far below", () => {
    for (let x = 0; x > -60; x -= 0.37) {
      const error = Math.abs(exponential(x) / Math.exp(x) - 1);
      assert(error < 1e-11, `At ${x} it is ${error} off`);
    }
    assert.equal(exponential(0), 1);
    assert.equal(exponential(-1e6), 0);
    assert.equal(exponential(-Infinity), 0);
  });
});
