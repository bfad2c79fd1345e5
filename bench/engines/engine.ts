/**
 * The models of the example, on each engine that can run them.
 *
 * @module
 */
import * as ort from "onnxruntime-web/wasm";
import { readDiabetes } from "../../examples/predictions/diabetes.ts";
import { readNetwork } from "../../examples/predictions/digits/weights.ts";
import { loadOnnxDigits } from "../../examples/predictions/digits/onnx_model.ts";
import { PlainModel } from "../../examples/predictions/digits/plain_model.ts";
import { loadTfjsDigits } from "../../examples/predictions/digits/tfjs_model.ts";
import { readWall } from "../../examples/predictions/digits/wall_file.ts";
import { loadOnnxModel } from "../../examples/predictions/onnx_model.ts";
import { loadTfjsModel } from "../../examples/predictions/tfjs_model.ts";

/** An engine with a model in it. */
export interface Engine {
  readonly name: string;
  /** Answers the items from `start` up to, not including, `end` in one call of the model. */
  answer(start: number, end: number): Promise<Answers>;
}

/** For each item the numbers that were said of it. */
export type Answers = readonly (readonly number[])[];

/** How many different items there are. */
export const ITEMS = 256;

/** By model: the engines that can run it, the one that the example uses first. */
export const models: Readonly<Record<string, () => Promise<Engine[]>>> = {
  diabetes,
  digits,
};

async function diabetes(): Promise<Engine[]> {
  const { training } = await readDiabetes();
  const rows = training.slice(0, ITEMS).map(({ row }) => row);
  const engines = {
    "tfjs-wasm": await loadTfjsModel(),
    "onnxruntime-web": await loadOnnxModel(ort),
  };
  return Object.entries(engines).map(([name, model]) => ({
    name,
    async answer(start, end) {
      const predictions = await model.predict(rows.slice(start, end));
      return predictions.map(({ mean, std }) => [mean, std]);
    },
  }));
}

async function digits(): Promise<Engine[]> {
  const images = (await readWall()).map(({ image }) => image);
  const engines = {
    "tfjs-wasm": await loadTfjsDigits(),
    "onnxruntime-web": await loadOnnxDigits(ort),
    "plain numbers": new PlainModel(await readNetwork()),
  };
  return Object.entries(engines).map(([name, model]) => ({
    name,
    answer: async (start, end) =>
      await model.classify(images.slice(start, end)),
  }));
}
