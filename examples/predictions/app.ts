/**
 * The service as a Hono app, the same on every runtime. It opens no port.
 *
 * @module
 */

import type { Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { endpoints, Problem, problemResponse } from "../../src/hono/mod.ts";
import type { Digits } from "./digits/digits.ts";
import { digitEndpoints } from "./digits/endpoints.ts";
import { predictionSchema, rowSchema } from "./diabetes_schema.ts";
import { metricsText } from "./metrics.ts";
import { readDiabetes } from "./diabetes.ts";
import { pageRoutes } from "./page/routes.ts";
import type { Predictor } from "./predictor.ts";

/** What is served. */
export interface Served {
  /** Answers rows. */
  readonly predictor: Predictor;
  /** Reads images. */
  readonly digits: Digits;
}

/** Whom the app tells what, and who tells it. */
export interface AppOptions {
  /** Hears of errors on our side, of which clients are told nothing. */
  readonly report?: (error: unknown, c: Context) => void;
  /** Aborts when the service is about to end: answers without an end of their own end then. */
  readonly ending?: AbortSignal;
}

/** Makes the app. */
export function createApp(
  { predictor, digits }: Served,
  { report = console.error, ending }: AppOptions = {},
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
  // What follows is asked for more rarely; paths without a method of that name are not unknown.
  const known = methodNotAllowed({
    app,
    onMethodNotAllowed: (_, methods) => {
      const allow = methods.join(", ");
      const detail = `The method must be ${methods.join(" or ")}`;
      return problemResponse(new Problem(405, detail, { headers: { allow } }));
    },
  });
  // Not for all paths: middleware costs an answer of the model a tenth more.
  for (const path of ["/", "/page/*", "/metrics", "/digits/wall"]) {
    app.use(path, known);
  }
  app.route(
    "/",
    pageRoutes({
      predictor,
      digits,
      fetch: (request) => app.fetch(request),
      rows: async () => (await readDiabetes()).heldOut.map(({ row }) => row),
      ending,
    }),
  );
  app.get("/metrics", async (c) => {
    const type = "text/plain; version=0.0.4; charset=utf-8";
    return c.body(await metricsText(), 200, { "content-type": type });
  });
  return app;
}
