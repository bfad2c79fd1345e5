/**
 * What passed where, as a table in Markdown.
 *
 * @module
 */
import type { BehaviourOutcome } from "../outcomes.ts";

/** One column of the table. */
export interface RuntimeOutcomes {
  runtime: string;
  outcomes: BehaviourOutcome[];
}

const SIGNS = { passed: "yes", failed: "NO", "not here": "-" };

/** A row for each behaviour, a column for each runtime, and what there is to say below. */
export function table(columns: RuntimeOutcomes[]): string {
  const names = [
    ...new Set(columns.flatMap(({ outcomes }) => outcomes.map((x) => x.name))),
  ];
  const find = (column: RuntimeOutcomes, name: string) =>
    column.outcomes.find((outcome) => outcome.name === name);
  const rows = names.map((name) => [
    name,
    ...columns.map((column) => {
      const outcome = find(column, name);
      return outcome ? SIGNS[outcome.state] : "NO";
    }),
  ]);
  const notes = columns.flatMap(({ runtime, outcomes }) =>
    outcomes.filter(({ detail }) => detail !== undefined)
      .map(({ name, detail }) => `${runtime}: ${name}: ${detail}`)
  );
  return [
    ...aligned([
      ["", ...columns.map(({ runtime }) => runtime)],
      ...rows,
    ]),
    ...notes.map((note) => `\n${note}`),
  ].join("\n");
}

/** Whether every runtime has run every behaviour, and none has failed. */
export function allPassed(columns: RuntimeOutcomes[], count: number): boolean {
  return columns.every(({ outcomes }) =>
    outcomes.length === count &&
    outcomes.every(({ state }) => state !== "failed")
  );
}

function aligned([head, ...rows]: string[][]): string[] {
  const widths = head!.map((_, column) =>
    Math.max(3, ...[head!, ...rows].map((row) => row[column]!.length))
  );
  const line = (row: string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(head!), rule, ...rows.map(line)];
}
