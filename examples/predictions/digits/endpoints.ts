/**
 * The digits by HTTP: images come as bytes, for which JSON would be four times
 * as long and much slower to read.
 *
 * @module
 */

import type { Context, Hono } from "hono";
import { z } from "zod";
import { bytes, endpoints } from "../../../src/hono/mod.ts";
import type { Digits } from "./digits.ts";
import type { Probabilities } from "./model.ts";
import { pixels } from "./network.ts";
import { zippedWall } from "./wall_file.ts";

const input = bytes({ length: pixels });

const output: z.ZodType<Probabilities, Probabilities> = z.array(z.number())
  .length(10)
  .meta({ description: "How probable each digit is, from 0 to 9" });

/** Makes the app, to be served below a path. */
export function digitEndpoints(
  digits: Digits,
  report: (error: unknown, c: Context) => void,
): Hono {
  const app: Hono = endpoints(digits, {
    classifyAlone: {
      path: "/classify",
      input,
      output,
      bulk: false,
      summary: "One call of the model per request",
    },
    classify: {
      path: "/optimized_classify",
      input,
      output,
      summary: "The same, in batches",
    },
  }, {
    limits: { bodyBytes: 64 * 1024 },
    openapi: {
      title: "Handwritten digits",
      description:
        "Images have 28 rows of 28 bytes, 0 for paper to 255 for ink.",
    },
    report,
  });
  app.get("/wall", async (c) =>
    c.body(await zippedWall(), 200, {
      "content-type": "application/octet-stream",
      "content-encoding": "gzip",
    }));
  return app;
}
