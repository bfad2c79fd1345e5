/**
 * The table of who noticed what.
 *
 * @module
 */
import type { Mutant } from "./mutant.ts";
import type { Finding } from "./trial.ts";

const WIDTHS = [54, 38, 7] as const;

/** What the columns are. */
export const HEAD: string = row("bug", "file", "time", "caught by");

/** What is said of one bug. */
export function lineOf(
  { name, file }: Mutant,
  { kind, by }: Finding,
  ms: number,
): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  return row(name, file, seconds, kind === "passed" ? "SURVIVED" : by);
}

function row(name: string, file: string, time: string, by: string): string {
  const cells = [
    name.padEnd(WIDTHS[0]),
    file.padEnd(WIDTHS[1]),
    time.padStart(WIDTHS[2]),
  ];
  return [...cells, by].join("  ");
}
