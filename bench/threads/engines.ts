/**
 * The engines of the digits, here and in the threads.
 *
 * @module
 */
import type { DigitModel } from "../../examples/predictions/digits/model.ts";
import { PlainModel } from "../../examples/predictions/digits/plain_model.ts";
import { loadTfjsDigits } from "../../examples/predictions/digits/tfjs_model.ts";
import { readNetwork } from "../../examples/predictions/digits/weights.ts";

/** What reads the digits: WebAssembly, or JavaScript alone. */
export const engines = {
  tfjs: loadTfjsDigits,
  plain: async () => new PlainModel(await readNetwork()),
} satisfies Record<string, () => Promise<DigitModel>>;

/** One of them. */
export type EngineName = keyof typeof engines;

const models = new Map<EngineName, Promise<DigitModel>>();

/** The model on this engine; each thread loads it once. */
export function modelOn(engine: EngineName): Promise<DigitModel> {
  let model = models.get(engine);
  if (!model) models.set(engine, model = engines[engine]());
  return model;
}
