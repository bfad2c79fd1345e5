/**
 * The other engine gives the same answers. On Deno alone, where a test brings
 * its own packages: for Bun and Node they would be in every install, and this one
 * takes 140 MB. `bench/engines.ts` asks the same on all three.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
// deno-lint-ignore no-import-prefix -- what deno.json names, every install brings; see install_test.ts
import * as ort from "npm:onnxruntime-web@1.30.0/wasm";
import { readDiabetes } from "../../examples/predictions/diabetes.ts";
import { readNetwork } from "../../examples/predictions/digits/weights.ts";
import { digitsFile } from "../../examples/predictions/digits/onnx_file.ts";
import { loadOnnxDigits } from "../../examples/predictions/digits/onnx_model.ts";
import { loadTfjsDigits } from "../../examples/predictions/digits/tfjs_model.ts";
import { readWall } from "../../examples/predictions/digits/wall_file.ts";
import { openSession } from "../../examples/predictions/onnx/runtime.ts";
import { loadOnnxModel } from "../../examples/predictions/onnx_model.ts";
import { loadTfjsModel } from "../../examples/predictions/tfjs_model.ts";

/** Progressions are about 150, and float32 has seven digits. */
const progressionTolerance = 1e-4;
const probabilityTolerance = 1e-5;

const model = await loadOnnxModel(ort);
const digits = await loadOnnxDigits(ort);
const rows = (await readDiabetes()).training.map(({ row }) => row);
const images = (await readWall()).map(({ image }) => image);

describe("OnnxModel", () => {
  it("says of 353 rows what the other engine says", async () => {
    const wanted = (await loadTfjsModel()).predict(rows);
    const said = await model.predict(rows);
    said.forEach(({ mean, std }, at) => {
      isNear(mean, wanted[at]!.mean, progressionTolerance);
      isNear(std, wanted[at]!.std, progressionTolerance);
    });
    assert.equal(said.length, rows.length);
  });

  it("gives a row the same bits alone and in batches of every size", async () => {
    await isIndependent(rows.slice(0, 64), (some) => model.predict(some));
  });

  it("answers no rows with no predictions", async () => {
    assert.deepEqual(await model.predict([]), []);
  });
});

describe("OnnxDigits", () => {
  it("says of 256 images what the other engine says", async () => {
    const wanted = (await loadTfjsDigits()).classify(images);
    const said = await digits.classify(images);
    said.forEach((probabilities, at) =>
      probabilities.forEach((p, digit) =>
        isNear(p, wanted[at]![digit]!, probabilityTolerance)
      )
    );
    assert.equal(said.length, images.length);
  });

  it("gives an image the same bits alone and in batches of every size", async () => {
    await isIndependent(images.slice(0, 64), (some) => digits.classify(some));
  });

  it("answers no images with no probabilities", async () => {
    assert.deepEqual(await digits.classify([]), []);
  });
});

describe("openSession()", () => {
  it("refuses a file that is cut off", async () => {
    const file = digitsFile(await readNetwork());
    await assert.rejects(openSession(ort, file.subarray(0, 1000)));
  });
});

function isNear(value: number, wanted: number, tolerance: number): void {
  const distance = Math.abs(value - wanted);
  assert(distance < tolerance, `${value} is ${distance} from ${wanted}`);
}

/** What is said of an item depends on that item alone. */
async function isIndependent<Item, Answer>(
  items: readonly Item[],
  ask: (items: readonly Item[]) => Promise<Answer[]>,
): Promise<void> {
  const alone: Answer[] = [];
  for (const item of items) alone.push(...await ask([item]));
  for (const size of [2, 3, 7, 31, 64]) {
    for (let start = 0; start < items.length; start += size) {
      const end = start + size;
      assert.deepEqual(
        await ask(items.slice(start, end)),
        alone.slice(start, end),
      );
    }
  }
}
