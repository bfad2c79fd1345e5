/**
 * The charts of a load test.
 *
 * @module
 */
import { type Line, svgOf } from "../simulation/chart.ts";
import { axisTo } from "./axis.ts";
import type { Seen } from "./seen.ts";
import { type Climbed, TIMEOUT_MS, type Trial } from "./trial.ts";

/** The lines of a chart: their names, and what of a second they show. */
type Shown = readonly (readonly [
  name: string,
  role: Line["role"],
  pick: (seen: Seen) => number,
])[];

/** How many requests are answered in time, by how many come: the whole story in one picture. */
export function pictureOf({ alone, batched }: Trial, where: string): string {
  const answered = ({ steps, beside }: Climbed) =>
    [...steps, ...beside]
      .sort((a, b) => a.offered - b.offered)
      .map(({ offered, good }) => [offered, good] as const);
  const most = answered(batched).at(-1)![0];
  const highest = batched.saturation;
  return svgOf({
    title: "Requests answered within a second, by how many come",
    subtitle: `Requests per second; ${where}`,
    x: { label: "requests that come per second", ...axisTo(most) },
    y: { label: "", ...axisTo(1.15 * highest) },
    lines: [
      { name: "all that come", role: "best", points: [[0, 0], [most, most]] },
      { name: "/predict", role: 4, points: from0(answered(alone)) },
      {
        name: "in batches",
        role: "main",
        points: from0(answered(batched)),
      },
    ],
  });
}

/** The charts of one endpoint, over time. */
export function chartsOf({ path, seconds }: Climbed): string[] {
  const chart = (title: string, shown: Shown) =>
    overTime(seconds, `${path}: ${title}`, shown);
  const charts = [
    chart("requests per second", [
      ["offered", "best", ({ offered }) => offered],
      ["good", "main", ({ good }) => good],
    ]),
    chart(`latency, ms; clients give up after ${TIMEOUT_MS}`, [
      ["p50", 0, ({ p50Ms }) => p50Ms],
      ["p95", "main", ({ p95Ms }) => p95Ms],
    ]),
    chart("failures per second", [
      ["given up", 4, ({ lost }) => lost],
      ["refused", 7, ({ refused }) => refused],
    ]),
  ];
  if (seconds.every(({ meanBatch }) => meanBatch === 0)) return charts;
  return [
    ...charts,
    chart("calls in a batch", [["mean", "main", ({ meanBatch }) => meanBatch]]),
  ];
}

function overTime(
  seconds: readonly Seen[],
  title: string,
  shown: Shown,
): string {
  const lines = shown.map(([name, role, pick]) => ({
    name,
    role,
    points: seconds.map((seen) => [seen.at, pick(seen)] as const),
  }));
  const values = lines.flatMap(({ points }) => points.map(([, y]) => y));
  return svgOf({
    title,
    subtitle: "The load grows step by step",
    x: { label: "seconds of load", ...axisTo(seconds.length) },
    y: { label: "", ...axisTo(1.15 * Math.max(1, ...values)) },
    lines,
  });
}

function from0(points: Line["points"]): Line["points"] {
  return [[0, 0], ...points];
}
