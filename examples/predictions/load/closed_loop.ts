/**
 * A closed loop: so many callers, each of whom sends its next request when it
 * has its answer.
 *
 * @module
 */

import { Connection, postRequest } from "./connection.ts";

/** What is to be asked. */
export interface LoadPlan {
  readonly port: number;
  readonly path: string;
  readonly callers: number;
  readonly durationMs: number;
  readonly bodies: readonly string[];
  /**
   * What each answer must be.
   *
   * @default {200}
   */
  readonly status?: number;
}

/** What was measured. */
export interface LoadReport {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Runs the loop; any other answer than those wanted ends it with an error. */
export async function runClosedLoop(plan: LoadPlan): Promise<LoadReport> {
  const { status = 200 } = plan;
  const requests = plan.bodies.map((body) => postRequest(plan.path, body));
  const connections = await Promise.all(
    Array.from({ length: plan.callers }, () => Connection.open(plan.port)),
  );
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + plan.durationMs;
  await Promise.all(connections.map(async (connection, caller) => {
    // Callers start at different bodies, so that a batch holds different rows.
    for (let turn = caller; performance.now() < end; turn++) {
      const sent = performance.now();
      const answer = await connection.request(
        requests[turn % requests.length]!,
      );
      if (answer.status !== status) throw new Error(answer.body);
      latencies.push(performance.now() - sent);
    }
    connection.close();
  }));
  const seconds = (performance.now() - start) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    perSecond: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
  };
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
}
