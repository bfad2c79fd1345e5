/**
 * Serves a service with batched methods by HTTP.
 *
 * @module
 */
import { type Context, type Handler, Hono } from "hono";
import type { BlankEnv } from "hono/types";
import { addDocumentation } from "./documentation.ts";
import { answerMany } from "./bulk.ts";
import { type Exposed, exposedOf } from "./exposed.ts";
import { addHealth } from "./health.ts";
import {
  type EndpointOptions,
  servingOf,
  type ServingOptions,
} from "./options.ts";
import {
  came,
  isOurFault,
  Problem,
  problemAnswer,
  problemOf,
} from "./problems.ts";
import type { CheckedRoutes, RoutesOf, ServedSchema } from "./routes.ts";
import { answerOne } from "./single.ts";
import { reportTo, Visit } from "./visit.ts";

/**
 * Makes a Hono app of a service with batched methods: `POST path` takes an item and answers its
 * result, `POST path/bulk` takes many. Methods that are not named here, nor decorated with
 * {@link Endpoint}, cannot be reached.
 *
 *     request -> refuse early -> read -> schema -> method(item) -> answer
 *
 * Beside them there are `/healthz`, `/readyz`, `/openapi.json` and `/docs`. The app can stand
 * alone, or below a path of another: `app.route("/models", endpoints(service, …))`.
 *
 * @param service The object whose methods are called.
 * @param routes How each method is served, by its name; this goes before what `@Endpoint` says.
 * @param options See {@link ServingOptions}.
 * @returns The app. Its type tells Hono's client `hc` what the `routes` take and answer.
 * @throws {TypeError} If a method is not batched, or an option is unknown or of the wrong kind.
 * @throws {RangeError} If an option is out of range.
 * @example
 * ```ts
 * import { Batched } from "@batched/batched";
 * import { endpoints } from "@batched/batched/hono";
 * import { hc } from "hono/client";
 * import assert from "node:assert/strict";
 * import { z } from "zod";
 *
 * class Doubler {
 *   @Batched({ handler: (xs) => xs.map((x) => 2 * x) })
 *   async double(x: number): Promise<number> {
 *     return await 2 * x;
 *   }
 * }
 *
 * const app = endpoints(new Doubler(), { double: { input: z.number(), output: z.number() } });
 *
 * const client = hc<typeof app>("http://localhost", { fetch: app.request });
 * const one = await client.double.$post({ json: 21 });
 * assert.equal(await one.json(), 42);
 * const many = await client.double.bulk.$post({ json: [1, 2] });
 * assert.deepEqual(await many.json(), [{ value: 2 }, { value: 4 }]);
 * ```
 */
export function endpoints<
  T extends object,
  // deno-lint-ignore ban-types -- no routes, where all are decorated
  const R extends RoutesOf<T> = {},
>(
  service: T,
  routes?: R & CheckedRoutes<T, R>,
  options: ServingOptions = {},
): Hono<BlankEnv, ServedSchema<T, R>, "/"> {
  const serving = servingOf(options);
  const given = (routes ?? {}) as Record<string, EndpointOptions | undefined>;
  const exposed = exposedOf(service, given, serving);
  const app = new Hono();
  // First, as the path of a method may have parameters, and so fit anything.
  if (serving.overdueMs !== undefined) {
    addHealth(app, exposed, serving.overdueMs);
  }
  if (serving.openapi) addDocumentation(app, exposed, serving.openapi);
  for (const method of exposed) addMethod(app, method);
  // Last, as a method may be served at the same path.
  for (const { method, path } of [...app.routes]) {
    if (method === "GET") app.all(path, readOnly);
  }
  app.notFound((c) =>
    problemAnswer(c, new Problem(404, "There is nothing here"))
  );
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (isOurFault(error, problem)) reportTo(serving, error, c);
    return problemAnswer(c, problem);
  });
  return app as Hono<BlankEnv, ServedSchema<T, R>, "/">;
}

function addMethod(app: Hono, exposed: Exposed): void {
  const { path, bulkPath } = exposed;
  // First, for the same reason.
  if (bulkPath !== undefined) app.all(bulkPath, postOnly(answerMany));
  app.all(path, postOnly(answerOne));

  // One handler: where several fit a request, Hono takes the long way through its middleware.
  function postOnly(answer: typeof answerOne): Handler {
    return (c) => {
      const visit = new Visit(c, exposed);
      if (c.req.method !== "POST") return visit.fail(wrongMethod(c, "POST"));
      // Who is refused gets no promise: servers answer that faster.
      return visit.refuse() ?? answer(c, visit);
    };
  }
}

function readOnly(c: Context): Response {
  return problemAnswer(c, wrongMethod(c, "GET, HEAD"));
}

function wrongMethod(c: Context, allow: string): Problem {
  const wanted = allow.replace(", ", " or ");
  const detail = `The method must be ${wanted}, ${came(c.req.method)}`;
  return new Problem(405, detail, { headers: { allow } });
}
