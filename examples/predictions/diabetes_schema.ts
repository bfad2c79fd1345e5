/**
 * What clients may send and what they get.
 *
 * @module
 */

import { z } from "zod";
import { features, type Row } from "./diabetes.ts";
import { sampleBody } from "./sample.ts";
import type { Prediction } from "./model.ts";

/** The ten measurements of one person. The model works on float32: larger ones would be infinite to it. */
export const rowSchema: z.ZodType<Row, Row> = z.array(z.float32())
  .length(features.length)
  .meta({
    description: `The measurements of one person: ${features.join(", ")}`,
    examples: [JSON.parse(sampleBody)],
  });

/** What the model says of one person. */
export const predictionSchema: z.ZodType<Prediction, Prediction> = z.object({
  mean: z.number().describe("The expected progression in a year"),
  std: z.number().describe("How far the networks disagree"),
});
