/**
 * The service as a Hono app, the same on every runtime. It opens no port.
 *
 * @module
 */

import type { Context, Hono } from "hono";
import { endpoints } from "../../src/hono/mod.ts";
import type { Digits } from "./digits/digits.ts";
import { digitEndpoints } from "./digits/endpoints.ts";
import { predictionSchema, rowSchema } from "./diabetes_schema.ts";
import { metricsText } from "./metrics.ts";
import { page } from "./page.ts";
import type { Predictor } from "./predictor.ts";

/** What is served. */
export interface Served {
  /** Answers rows. */
  readonly predictor: Predictor;
  /** Reads images. */
  readonly digits: Digits;
}

/**
 * Makes the app.
 *
 * @param report Hears of errors on our side, of which clients are told nothing.
 */
export function createApp(
  { predictor, digits }: Served,
  report: (error: unknown, c: Context) => void = console.error,
): Hono {
  const input = rowSchema;
  const output = predictionSchema;
  const app: Hono = endpoints(predictor, {
    predictAlone: {
      path: "/predict",
      input,
      output,
      bulk: false,
      summary:
        "One call of the model per request, as a service without batches",
    },
    predict: {
      path: "/optimized_predict",
      input,
      output,
      summary: "The same, in batches",
    },
    echo: {
      path: "/echo",
      input,
      bulk: false,
      summary: "All but the model: no endpoint can be faster",
    },
  }, {
    limits: { bodyBytes: 64 * 1024 },
    openapi: { title: "Diabetes progression" },
    report,
  });
  app.route("/digits", digitEndpoints(digits, report));
  app.get("/", (c) => c.html(page));
  app.get("/metrics", async (c) => {
    const type = "text/plain; version=0.0.4; charset=utf-8";
    return c.body(await metricsText(), 200, { "content-type": type });
  });
  return app;
}
