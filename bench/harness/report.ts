/**
 * How a bench ends: tables with the machine and the demands, for people or for
 * programs.
 *
 * @module
 */
import process from "node:process";
import { type Demand, lineOf } from "./demand.ts";
import { type Machine, machine } from "./machine.ts";
import { linesOf, type Table } from "./table.ts";

/** What every bench understands. */
export const REPORT_FLAGS = {
  json: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
} as const;

/** A table, and what it shows. */
export interface Section {
  readonly title: string;
  readonly table: Table;
}

/** What was found out. */
export interface Findings extends Section {
  /** What else was. */
  readonly more?: readonly Section[];
  readonly demands: readonly Demand[];
  /** The same for programs. */
  readonly data: unknown;
}

/**
 * Prints the findings.
 *
 * @param wanted `json` prints for programs; `check` ends the process with 1 when a demand is missed
 * or there was too little to make any.
 */
export function report(
  { title, table, more = [], demands, data }: Findings,
  wanted: { readonly json: boolean; readonly check: boolean },
): void {
  const where = machine();
  const text = [
    nameOf(where),
    ...[{ title, table }, ...more].flatMap(textOf),
    ...demands.map(lineOf),
  ];
  const forPrograms = { machine: where, data, demands };
  console.log(
    wanted.json ? JSON.stringify(forPrograms, null, 2) : text.join("\n"),
  );
  const isGood = demands.length > 0 && demands.every(({ isMet }) => isMet);
  if (wanted.check && !isGood) process.exitCode = 1;
}

function nameOf({ runtime, engine, cpu, cores, os }: Machine): string {
  return `${runtime} (${engine}), ${os}, ${cores} x ${cpu}`;
}

function textOf({ title, table }: Section): string[] {
  return [title, "", ...linesOf(table), ""];
}
