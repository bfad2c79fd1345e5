/**
 * What the figures say, and whether that is good enough.
 *
 * @module
 */
import { atMost, type Demand } from "../harness/demand.ts";
import { type Figures, geometricMean } from "../harness/figures.ts";
import type { Findings } from "../harness/report.ts";

/** One scenario, measured. */
export interface Measured {
  readonly scenario: string;
  /** By contestant. */
  readonly figures: Readonly<Record<string, Figures>>;
}

/** The scenarios that are about throughput; a lone call has nothing to share. */
const MEAN_OF = ["burst", "64", "1024"];

/** Draws the conclusions. */
export function findingsOf(measured: readonly Measured[]): Findings {
  const counted = MEAN_OF.map((name) =>
    measured.find(({ scenario }) => scenario === name)
  ).filter((found) => found !== undefined);
  const isWhole = counted.length === MEAN_OF.length;
  const names = Object.keys(measured[0]!.figures);
  const means = Object.fromEntries(
    names.map((name) => [name, geometricMean(ratiosOf(name, counted))]),
  );
  const rows = names.map((name) => [
    name,
    ...measured.map(({ figures }) => cellOf(figures[name]!)),
    ...(isWhole ? [`x${means[name]!.toFixed(2)}`] : []),
  ]);
  const head = ["", ...measured.map(({ scenario }) => scenario)];
  if (isWhole) head.push("mean");
  return {
    title: "ns per call, and how many times what the floor takes",
    table: [head, ...rows],
    demands: isWhole ? demandsOn(means, counted, measured) : [],
    data: { measured, means },
  };
}

function demandsOn(
  means: Readonly<Record<string, number>>,
  counted: readonly Measured[],
  measured: readonly Measured[],
): Demand[] {
  const { null: harness, batched, dataloader } = means;
  if (!harness || !batched || !dataloader) return [];
  const worst = Math.max(...ratiosOf("batched", counted));
  const lone = measured.find(({ scenario }) => scenario === "lone");
  return [
    atMost("batched / floor, geometric mean", batched, 1.2),
    atMost("batched / floor, worst scenario", worst, 1.4),
    atMost("batched / dataloader, geometric mean", batched / dataloader, 1),
    atMost("floor / null, geometric mean", 1 / harness, 3.2),
    ...(lone
      ? [atMost("a lone call in us", lone.figures["batched"]!.ns / 1000, 15)]
      : []),
  ];
}

function ratiosOf(name: string, measured: readonly Measured[]): number[] {
  return measured.map(({ figures }) => figures[name]!.ratio);
}

function cellOf({ ns, ratio }: Figures): string {
  return `${ns.toFixed(0)} x${ratio.toFixed(2)}`;
}
