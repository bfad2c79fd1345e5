/**
 * `GET /healthz` and `GET /readyz`, for what starts, stops and feeds the process.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import type { Exposed } from "./exposed.ts";
import { Problem, problemAnswer } from "./problems.ts";

/** Adds both to an app. */
export function addHealth(
  app: Hono,
  exposed: readonly Exposed[],
  overdueMs: number,
): void {
  app.get("/healthz", (c) => answer(c, unhealthy(exposed, overdueMs)));
  app.get(
    "/readyz",
    (c) => answer(c, unhealthy(exposed, overdueMs) ?? unready(exposed)),
  );
}

/** A batch that has not ended for so long will probably never end: the process should be replaced. */
function unhealthy(
  exposed: readonly Exposed[],
  overdueMs: number,
): string | undefined {
  for (const { name, batcher } of exposed) {
    const { oldestRunMs } = batcher.stats();
    if (oldestRunMs > overdueMs) return `A batch of ${name}() is overdue`;
  }
  return undefined;
}

/** Requests should go elsewhere for a while. */
function unready(exposed: readonly Exposed[]): string | undefined {
  for (const { name, batcher } of exposed) {
    if (batcher.closed) return `${name}() is closing`;
    if (batcher.full) return `The queue of ${name}() is full`;
  }
  return undefined;
}

function answer(c: Context, why: string | undefined): Response {
  const headers = { "cache-control": "no-store" };
  if (why === undefined) return c.json({ status: "ok" }, 200, headers);
  return problemAnswer(c, new Problem(503, why, { headers }));
}
