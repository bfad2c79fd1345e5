/**
 * Servers that the service is compared with, each in a process of its own: `stand_in.ts WHICH`.
 *
 * `bare` gives JSON back, by Hono and nothing else. `refusing` is the endpoint of the example at a
 * moment when it can take no more: its model does not answer, and its queue is full.
 *
 * @module
 */
import { Hono } from "hono";
import process from "node:process";
import {
  predictionSchema as output,
  rowSchema as input,
} from "../../examples/predictions/diabetes_schema.ts";
import { features } from "../../examples/predictions/diabetes.ts";
import { Predictor } from "../../examples/predictions/predictor.ts";
import {
  type Fetch,
  listen,
} from "../../examples/predictions/runtimes/listen.ts";
import { batcherOf } from "../../mod.ts";
import { endpoints } from "../../src/hono/mod.ts";

const servers: Record<string, () => Fetch> = { bare, refusing };

const hostname = "127.0.0.1";
const fetch = servers[process.argv[2]!]!();
const { port } = await listen(fetch, { hostname, port: 0 });
console.log(`Listening on http://${hostname}:${port}/`);
process.once("SIGTERM", () => process.exit(0));

function bare(): Fetch {
  const app = new Hono();
  app.post("/echo", async (c) => c.json(await c.req.json()));
  return app.fetch;
}

function refusing(): Fetch {
  const predictor = new Predictor({
    predict: () => new Promise<never>(() => {}),
  });
  const app = endpoints(predictor, {
    predict: { path: "/optimized_predict", input, output },
  });
  const batcher = batcherOf(predictor, "predict");
  while (!batcher.full) predictor.predict(features.map(() => 0));
  return app.fetch;
}
