/**
 * The demo's table.
 *
 * @module
 */

import type { Measured } from "./measure.ts";

const columns = [
  "endpoint",
  "requests/s",
  "p50 ms",
  "p95 ms",
  "mean batch",
  "vs /predict",
  "vs /echo",
];

/** Lays the measurements out, a line each, under a head. */
export function table(measured: readonly Measured[]): string {
  const predict = measured.find(({ path }) => path === "/predict")!;
  const echo = measured.find(({ path }) => path === "/echo")!;
  const rows = measured.map((one) => [
    one.path,
    Math.round(one.perSecond).toLocaleString("en-US"),
    one.p50Ms.toFixed(1),
    one.p95Ms.toFixed(1),
    one.meanBatch?.toFixed(1) ?? "-",
    `${(one.perSecond / predict.perSecond).toFixed(2)}x`,
    `${(one.perSecond / echo.perSecond).toFixed(2)}x`,
  ]);
  const lines = [columns, ...rows];
  const widths = columns.map((_, at) =>
    Math.max(...lines.map((line) => line[at]!.length))
  );
  return lines.map((line) =>
    line.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)
    ).join("  ")
  ).join("\n");
}
