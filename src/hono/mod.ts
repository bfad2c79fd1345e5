/**
 * Serves batched methods by HTTP, with [Hono](https://hono.dev).
 *
 * @example
 * ```ts
 * import { Batched, one } from "@batched/batched";
 * import { endpoints } from "@batched/batched/hono";
 * import assert from "node:assert/strict";
 * import { z } from "zod";
 *
 * class Doubler {
 *   @Batched({ size: 64, maxWaitMs: 2, maxQueue: 10_000 })
 *   double(x: number): Promise<number> {
 *     return one(this.doubleBatch([x]));
 *   }
 *   doubleBatch(xs: number[]): number[] {
 *     return xs.map((x) => 2 * x);
 *   }
 * }
 *
 * const app = endpoints(new Doubler(), { double: { input: z.number() } });
 * // Deno.serve(app.fetch), Bun.serve(app), serve(app) of @hono/node-server …
 *
 * const answer = await app.request("/double", {
 *   method: "POST",
 *   headers: { "content-type": "application/json" },
 *   body: "21",
 * });
 * assert.equal(await answer.json(), 42);
 * ```
 *
 * @module
 */
export { endpoints } from "./endpoints.ts";
export { Endpoint, type EndpointDecorator } from "./endpoint.ts";
export { type Bytes, bytes, type BytesOptions } from "./bytes.ts";
export {
  Problem,
  type ProblemDetails,
  problemOf,
  type ProblemOptions,
  problemResponse,
} from "./problems.ts";
export type { BulkEntry } from "./bulk_answer.ts";
export type { Limits } from "./limits.ts";
export type {
  EndpointOptions,
  HealthOptions,
  OpenApiOptions,
  ServingOptions,
} from "./options.ts";
export type { CheckedRoutes, RoutesOf, ServedSchema } from "./routes.ts";
export type {
  Checked,
  InputOf,
  Issue,
  JsonSchemas,
  OutputOf,
  Schema,
} from "./schema.ts";
