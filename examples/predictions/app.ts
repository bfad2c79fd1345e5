/**
 * The service as a Hono app, the same on every runtime. It opens no port.
 *
 * @module
 */

import { Hono } from "hono";
import { readRow } from "./body.ts";
import { page } from "./page.ts";
import type { Predictor } from "./predictor.ts";
import { Problem, problemOf, responseOf } from "./problems.ts";

/**
 * Makes the app.
 *
 * @param predictor Answers the rows.
 * @param report Hears of errors on our side, of which clients are told nothing.
 */
export function createApp(
  predictor: Predictor,
  report: (error: Error) => void = console.error,
): Hono {
  const app = new Hono();

  app.get("/", (c) => c.html(page));

  // One row per call of the model: what a service without batches does.
  app.post("/predict", async (c) => {
    const [prediction] = await predictor.predictBatch([await readRow(c)]);
    return c.json(prediction);
  });

  // The same, batched: one row as well, as far as this line knows.
  app.post("/optimized_predict", async (c) => {
    return c.json(await predictor.predict(await readRow(c)));
  });

  // All of the above but the model: no endpoint here can be faster.
  app.post("/echo", async (c) => c.json(await readRow(c)));

  for (const path of ["/predict", "/optimized_predict", "/echo"]) {
    app.all(path, () => {
      const headers = { allow: "POST" };
      throw new Problem(405, "The method must be POST", { headers });
    });
  }

  app.notFound(() => responseOf(new Problem(404, "There is nothing here")));
  app.onError((error) => {
    const problem = problemOf(error);
    if (problem.status === 500) report(error);
    return responseOf(problem);
  });
  return app;
}
