/**
 * What the figures say, and whether that is good enough.
 *
 * @module
 */
import type { Machine } from "./machine.ts";
import type { Measured } from "./rounds.ts";

/** Everything that was found out. */
export interface Report {
  readonly machine: Machine;
  readonly scenarios: readonly Measured[];
  /** By contestant: the geometric mean of its ratios to the floor in `MEAN_OF`; empty when one of those was left out. */
  readonly means: Readonly<Record<string, number>>;
  readonly demands: readonly Demand[];
}

/** Something that must hold. */
export interface Demand {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly isMet: boolean;
}

/** The scenarios that are about throughput; a lone call has nothing to share. */
const MEAN_OF = ["burst", "64", "1024"];

/** Draws the conclusions. */
export function reportOf(
  machine: Machine,
  scenarios: readonly Measured[],
): Report {
  const means = meansOf(scenarios);
  return { machine, scenarios, means, demands: demandsOn(means) };
}

/** Whether every demand is met, and there was enough to tell. */
export function isGood({ demands }: Report): boolean {
  return demands.length > 0 && demands.every(({ isMet }) => isMet);
}

/** The report for people. */
export function textOf({ machine, scenarios, means, demands }: Report): string {
  const { runtime, engine, cpu, cores, os } = machine;
  const names = Object.keys(scenarios[0]?.figures ?? {});
  const rows = scenarios.map(({ scenario, figures }) => [
    scenario,
    ...Object.values(figures).map(({ ns, ratio }) =>
      `${ns.toFixed(0)} x${ratio.toFixed(2)}`
    ),
  ]);
  const mean = Object.values(means).map((ratio) => `x${ratio.toFixed(2)}`);
  if (mean.length > 0) rows.push(["geometric mean", ...mean]);
  return [
    `${runtime} (${engine}), ${os}, ${cores} x ${cpu}`,
    "Time per call in ns, and how many times what the floor takes",
    "",
    ...tableOf([["", ...names], ...rows]),
    "",
    ...demands.map(({ what, value, limit, isMet }) =>
      `${isMet ? "met   " : "MISSED"} ${what}: ${
        value.toFixed(2)
      }, wanted at most ${limit}`
    ),
  ].join("\n");
}

function meansOf(scenarios: readonly Measured[]): Record<string, number> {
  const counted = MEAN_OF.map((name) =>
    scenarios.find(({ scenario }) => scenario === name)
  ).filter((found) => found !== undefined);
  if (counted.length < MEAN_OF.length) return {};
  const names = Object.keys(counted[0]!.figures);
  return Object.fromEntries(names.map((name) => {
    const logs = counted.map(({ figures }) => Math.log(figures[name]!.ratio));
    const sum = logs.reduce((total, log) => total + log, 0);
    return [name, Math.exp(sum / logs.length)];
  }));
}

function demandsOn(means: Readonly<Record<string, number>>): Demand[] {
  const { null: harness, batched, dataloader } = means;
  if (!harness || !batched || !dataloader) return [];
  return [
    demand("batched / floor", batched, 1.3),
    demand("floor / null", 1 / harness, 3.2),
    demand("batched / dataloader", batched / dataloader, 1),
  ];
}

function demand(what: string, value: number, limit: number): Demand {
  return { what, value, limit, isMet: value <= limit };
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0
        ? cell.padEnd(widths[column]!)
        : cell.padStart(widths[column]!)
    ).join("  ").trimEnd()
  );
}
