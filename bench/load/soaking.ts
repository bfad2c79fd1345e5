/**
 * What is seen of a service that is loaded for long.
 *
 * @module
 */
import { svgOf } from "../simulation/chart.ts";
import { axisTo } from "./axis.ts";
import type { Tally } from "./open_loop.ts";

/** One second of it. */
export interface Sample {
  /** How many seconds there were before. */
  readonly at: number;
  readonly megabytes: number;
  readonly answers: number;
  readonly failed: number;
  readonly p95Ms: number;
  /** The p95 of how late the generator was. */
  readonly latenessMs: number;
}

/** Makes a sample of what was seen. */
export function sampled(at: number, bytes: number, tally: Tally): Sample {
  const { latencies, lateness, failed } = tally;
  return {
    at,
    megabytes: bytes / 1e6,
    answers: latencies.count,
    failed,
    p95Ms: latencies.count > 0 ? latencies.quantile(0.95) : 0,
    latenessMs: lateness.count > 0 ? lateness.quantile(0.95) : 0,
  };
}

/**
 * Memory in the last quarter by that in the second one. The first is left out: caches fill, and
 * engines find out how much room they need.
 */
export function growthOf(samples: readonly Sample[]): number {
  const quarter = Math.floor(samples.length / 4);
  const first = meanOf(samples.slice(quarter, 2 * quarter));
  return meanOf(samples.slice(-quarter)) / first;
}

/** Memory over time, as SVG. */
export function pictureOf(samples: readonly Sample[], words: string): string {
  const last = samples.at(-1)!.at;
  const highest = Math.max(...samples.map(({ megabytes }) => megabytes));
  const points = samples.map(({ at, megabytes }) => [at, megabytes] as const);
  return svgOf({
    title: "Memory under load",
    subtitle: words,
    x: { label: "seconds", ...axisTo(last) },
    y: { label: "MB", ...axisTo(1.2 * highest) },
    lines: [{ name: "memory", role: "main", points }],
  });
}

function meanOf(samples: readonly Sample[]): number {
  const sum = samples.reduce((sum, { megabytes }) => sum + megabytes, 0);
  return sum / samples.length;
}
